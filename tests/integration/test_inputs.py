"""JSON lines and tables of databases through a whole refresh."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from lead_warehouse.cli import show
from lead_warehouse.landing.preview import preview
from lead_warehouse.refresh.report import RefreshReport
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask, refresh_state

CANARY = "canary-9x-secret"

MAPPING = """\
version: 1
inputs:
  - name: leads
    files: "*.jsonl"
    time_zone: Europe/Paris
    tables:
      - table: leads
        columns: {lead_id: id, company_name: company.name, tech_stack: tech, created_at: made}
  - name: visits
    database: site
    table: visits
    tables:
      - table: interactions
        columns:
          interaction_id: id
          lead_id: lead
          interaction_type: {constant: page_view}
          occurred_at: at
  - name: deals
    database: crm
    table: sales.deals
    tables:
      - table: opportunities
        columns: {opportunity_id: id, status: state}
"""

LEADS = [
    {"id": 1, "company": {"name": "ACME"}, "tech": ["SAP", "Kafka"], "made": "2024-10-27 02:30:00"},
    {"id": 2, "company": None, "made": "2024-10-28 10:00:00"},
    {"id": 3, "made": "2024-03-31 02:30:00"},
]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    lines = "".join(json.dumps(lead) + "\n" for lead in LEADS)
    (folder / "leads.jsonl").write_text(lines, encoding="utf-8")
    (folder / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A database that is there, and one that nobody answers for."""
    path = tmp_path_factory.mktemp("site") / "site.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "create table visits (id integer, lead integer, at text);"
            "insert into visits values (1, 1, '2024-10-28 09:00:00'), (2, 1, '2024-10-29 09:00:00')"
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_WAREHOUSE_SOURCE_SITE", f"sqlite:{path}")
        patch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", f"postgresql://u:{CANARY}@127.0.0.1:1/crm")
        yield


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state") / "state"


@pytest.fixture(scope="module")
def report(inputs: Path, sources: None, state: Path) -> RefreshReport:
    return refresh_state(state, inputs / "mapping.yml", audited=False)


def test_what_is_there_is_published_and_what_is_not_is_held(
    report: RefreshReport, state: Path
) -> None:
    assert report.is_published
    accounts = {one.file.file_name: one for one in report.accounts}
    assert (accounts["leads.jsonl"].accepted, accounts["leads.jsonl"].quarantined) == (2, 1)
    assert accounts["site:visits"].accepted == 2
    assert str(accounts["crm:sales.deals"].held_because).startswith(
        "database 'crm' cannot be opened"
    )
    assert ask(state, "select lead_id, company_name from marts.dim_leads order by all") == [
        ("1", "ACME"),
        ("2", None),
    ]
    assert ask(state, "select count(*) from raw.interactions") == [(2,)]


def test_fault_32_rows_with_an_ambiguous_time_can_be_found(
    report: RefreshReport, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(
        state,
        "select lead_id, created_at, ambiguous_columns from raw.leads "
        "where ambiguous_columns is not null",
    ) == [("1", datetime(2024, 10, 27, 1, 30), "|created_at|")]
    assert ask(state, "select value, reason from raw.quarantined_rows") == [
        (
            "2024-03-31 02:30:00",
            "a time that the clock skipped in Europe/Paris; declare the time_zone that it is "
            "written in",
        )
    ]
    show.refresh_report(report, StateDirectory(state))
    told = " ".join(capsys.readouterr().out.split())
    assert (
        "leads.jsonl: rows with a local time that the clock showed twice, read as the second: 1;"
        in told
    )


def test_fault_53_a_password_of_a_source_is_in_nothing_that_a_refresh_leaves(
    report: RefreshReport, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show.refresh_report(report, StateDirectory(state))
    printed = capsys.readouterr()
    assert "crm:sales.deals" in printed.out
    assert CANARY not in printed.out + printed.err
    files = [path for path in state.rglob("*") if path.is_file()]
    assert any(path.suffix == ".log" for path in files)
    for path in files:
        assert CANARY.encode() not in path.read_bytes(), path


def test_the_preview_says_what_a_refresh_would(inputs: Path, sources: None) -> None:
    leads, visits, deals = preview(inputs / "mapping.yml", inputs)
    assert (leads.file_name, leads.held_because) == ("leads.jsonl", None)
    assert (visits.file_name, visits.held_because) == ("site:visits", None)
    assert CANARY not in str(deals)
    assert str(deals.held_because).startswith("database 'crm' cannot be opened")
