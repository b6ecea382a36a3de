"""An event that cannot have happened yet moves no instant by which the warehouse reckons."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import land
from lead_warehouse.mapping import load_mapping
from lead_warehouse.refresh.context import RefreshContext, write_context

LATEST = datetime(2026, 1, 5, 10)
MAPPING = """
version: 1
inputs:
  - name: visits
    files: "*.csv"
    tables:
      - table: interactions
        columns: {interaction_id: id, lead_id: lead, interaction_type: type, occurred_at: at}
"""
GOOD = "id,lead,type,at\n1,a,visit,2026-01-04 10:00:00\n2,a,visit,2026-01-05 10:00:00\n"


def context_of(folder: Path, text: str) -> tuple[RefreshContext, list[tuple[str, str]]]:
    """What a refresh would speak for after landing a file, and what went to quarantine."""
    folder.mkdir()
    (folder / "visits.csv").write_text(text)
    (folder / "mapping.yml").write_text(MAPPING)
    with duckdb.connect() as connection:
        land(
            connection,
            load_contract(),
            load_mapping(folder / "mapping.yml"),
            input_dir=folder,
            archive=Archive(folder / "landing"),
            received=[],
            now=datetime(2026, 1, 6),
            scratch=folder / "scratch",
            progress=lambda _: None,
        )
        context = write_context(connection, load_contract(), None, "rules")
        quarantined = connection.execute(
            "select value, reason from raw.quarantined_rows"
        ).fetchall()
        return context, quarantined


@pytest.mark.parametrize("at", ["2026-01-08 00:00:00", "2099-12-31 23:59:59"])
def test_fault_31_an_event_in_the_future_is_quarantined_and_moves_no_watermark(
    tmp_path: Path, at: str
) -> None:
    without, nothing = context_of(tmp_path / "without", GOOD)
    assert (without.as_of, nothing) == (LATEST, [])
    future, quarantined = context_of(tmp_path / "with", f"{GOOD}3,a,visit,{at}\n")
    assert (future.as_of, future.known_by) == (without.as_of, without.known_by)
    [(value, reason)] = quarantined
    assert value == at
    assert "in the future" in reason
