"""What readers were shown first: written before it is shown, landed only once it was."""

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.publications import Publications

FIRST, SECOND = datetime(2026, 2, 1), datetime(2026, 2, 2)


@pytest.fixture
def publications(tmp_path: Path) -> Publications:
    return Publications(StateDirectory(tmp_path))


def build(path: Path, rows: str) -> Path:
    """A generation with transitions as (lead, stage, passage, instant, first published)."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_lifecycle_transitions as "
            "select 'rules' as basis, * from (values " + rows + ") as "
            "t (lead_id, to_stage, passage_number, transitioned_at, first_published_at)"
        )
    return path


def landed(publications: Publications, published_at: dict[str, datetime]) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        ensure_raw_schema(connection, load_contract())
        publications.land(connection, published_at)
        publications.land(connection, published_at)
        return connection.execute(
            "select lead_id, to_stage, transitioned_at, first_published_at, run_id "
            "from raw.published_transitions order by all"
        ).fetchall()


def test_each_run_adds_what_it_was_the_first_to_show(
    publications: Publications, tmp_path: Path
) -> None:
    one = build(tmp_path / "1.duckdb", "('a', 'mql', 1, timestamp '2026-01-01', null::timestamp)")
    two = build(
        tmp_path / "2.duckdb",
        "('a', 'mql', 1, timestamp '2026-01-01', timestamp '2026-02-01'), "
        "('b', 'mql', 1, timestamp '2026-01-03', null)",
    )
    publications.record("run1", one)
    publications.record("run2", two)
    assert landed(publications, {"run1": FIRST, "run2": SECOND}) == [
        ("a", "mql", datetime(2026, 1, 1), FIRST, "run1"),
        ("b", "mql", datetime(2026, 1, 3), SECOND, "run2"),
    ]


def test_what_two_runs_both_showed_first_counts_from_the_earlier(
    publications: Publications, tmp_path: Path
) -> None:
    """After a rollback the same transition is new again to the next run."""
    row = "('a', 'mql', 1, timestamp '2026-01-01', null::timestamp)"
    publications.record("run1", build(tmp_path / "1.duckdb", row))
    publications.record("run2", build(tmp_path / "2.duckdb", row))
    assert landed(publications, {"run2": SECOND, "run1": FIRST}) == [
        ("a", "mql", datetime(2026, 1, 1), FIRST, "run1"),
    ]


def test_a_run_that_was_never_shown_tells_nothing(
    publications: Publications, tmp_path: Path
) -> None:
    row = "('a', 'mql', 1, timestamp '2026-01-01', null::timestamp)"
    publications.record("run1", build(tmp_path / "1.duckdb", row))
    assert landed(publications, {}) == []
    publications.forget("run1")
    assert landed(publications, {"run1": FIRST}) == []
    assert list(publications.folder.iterdir()) == []


def test_a_run_without_a_file_is_no_error(publications: Publications) -> None:
    assert landed(publications, {"older": FIRST}) == []
    publications.forget("older")
