"""A refresh on the real pipeline: what it publishes, keeps and refuses."""

import csv
import json
from pathlib import Path

import duckdb
import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import RunRejected, UserError
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.digest import combined_digest, digest_tables
from lead_warehouse.state.engine import open_read_only
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask, refresh_state


def test_a_refresh_publishes_every_mart_with_rows(published_sample: Path) -> None:
    marts = ask(
        published_sample,
        "select table_name from information_schema.tables where table_schema = 'marts'",
    )
    counts = {m: ask(published_sample, f"select count(*) from marts.{m}")[0][0] for (m,) in marts}
    assert set(counts) >= {
        "dim_leads",
        "fct_opportunities",
        "fct_lifecycle_transitions",
        "fct_funnel_conversions",
        "rpt_funnel_cohorts",
    }
    # Nothing can have been restated or compared yet; it is well if nobody waits for an opportunity,
    # every source has its channel and every amount its rate.
    assert counts.pop("rpt_restated_transitions") == 0
    assert counts.pop("rpt_rule_changes") == 0
    counts.pop("rpt_sqls_without_opportunity")
    counts.pop("rpt_unmapped_sources")
    counts.pop("rpt_missing_exchange_rates")
    assert all(counts.values()), counts


def test_the_layers_have_schemas_of_their_own(published_sample: Path) -> None:
    schemas = {s for (s,) in ask(published_sample, "select schema_name from duckdb_schemas()")}
    assert {"raw", "staging", "intermediate", "marts", "exports"} <= schemas
    assert "audit" not in schemas


def test_every_record_of_every_file_is_accounted_for(
    published_sample: Path, sample_exports: Path
) -> None:
    files = ask(
        published_sample,
        "select file_name, record_count, accepted_count, quarantined_count, blank_count "
        "from raw.landed_files",
    )
    assert {name for name, *_ in files} == {
        path.name
        for path in sample_exports.iterdir()
        if path.is_file() and path.name != "mapping.yml"
    }
    assert all(records == accepted + bad + blank for _, records, accepted, bad, blank in files)
    assert sum(bad for *_, bad, _ in files) > 0
    text = (sample_exports / "crm_contacts.csv").read_text()
    contacts = next(records for name, records, *_ in files if name == "crm_contacts.csv")
    assert contacts == len(text.splitlines()) - 1


def test_the_published_file_is_whole_read_only_and_described(published_sample: Path) -> None:
    generation = Generations(StateDirectory(published_sample)).find(None)
    assert generation.database.stat().st_mode & 0o222 == 0
    assert not list(generation.folder.glob("*.wal"))
    with open_read_only(generation.database) as connection:
        assert combined_digest(digest_tables(connection)) == generation.digest
        contacts = generation.manifest["tables"]["marts.dim_leads"]["rows"]
        assert connection.execute("select count(*) from marts.dim_leads").fetchone() == (contacts,)


def test_fault_10_every_view_of_the_published_file_can_be_queried(published_sample: Path) -> None:
    database = Generations(StateDirectory(published_sample)).find(None).database
    with duckdb.connect(
        str(published_sample / "current" / "warehouse.duckdb"), read_only=True
    ) as c:
        views = c.execute(
            "select schema_name, view_name from duckdb_views() where not internal"
        ).fetchall()
        assert len(views) >= 5
        for schema, view in views:
            c.execute(f'select * from "{schema}"."{view}" limit 1').fetchall()
    assert database.name == "warehouse.duckdb"


def test_fault_27_the_same_files_again_change_nothing(
    sample_state: Path, sample_exports: Path
) -> None:
    before = Generations(StateDirectory(sample_state)).find(None)
    report = refresh_state(sample_state, sample_exports / "mapping.yml")
    assert report.accounts == []
    landed = ask(sample_state, "select count(*) from raw.landed_files")
    assert [(report.unchanged_files,)] == landed
    assert report.digest == before.digest
    # What readers were shown first has landed, so it is a generation of its own; the last of these.
    assert report.is_published and report.run_id != before.run_id
    again = refresh_state(sample_state, sample_exports / "mapping.yml")
    assert (again.state, again.stands, again.accounts) == ("unchanged", report.run_id, [])


def test_fault_14_a_failed_audit_leaves_readers_where_they_were(
    sample_state: Path, sample_exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_a_test_that_fails(target: Path, rules_dir: Path | None) -> str:
        digest = compose_project(target, rules_dir)
        (target / "tests" / "data" / "assert_no_deal_closes_early.sql").write_text(
            "select opportunity_id from {{ ref('fct_opportunities') }} where is_closed_too_early\n"
        )
        return digest

    monkeypatch.setattr("lead_warehouse.refresh.pipeline.compose_project", with_a_test_that_fails)
    before = Generations(StateDirectory(sample_state)).find(None)
    [(early,)] = ask(
        sample_state, "select opportunity_id from marts.fct_opportunities where is_closed_too_early"
    )
    with pytest.raises(RunRejected, match="assert_no_deal_closes_early") as caught:
        refresh_state(sample_state, sample_exports / "mapping.yml")
    assert f"opportunity_id={early}" in str(caught.value)
    assert Generations(StateDirectory(sample_state)).find(None) == before
    run = ControlLedger(StateDirectory(sample_state).control).runs()[0]
    assert run.state == "rejected"
    [rows] = (sample_state / "runs" / run.run_id / "failures").glob("assert_no_deal*.csv")
    with rows.open() as file:
        assert [row["opportunity_id"] for row in csv.DictReader(file)] == [early]
    assert not (sample_state / "building").exists()
    report = json.loads((sample_state / "runs" / run.run_id / "report.json").read_text())
    assert report["state"] == "rejected"
    assert report["failures"]


def test_the_raw_gate_refuses_files_whose_keys_do_not_match(
    sample_state: Path, exports: Path
) -> None:
    mapping = exports / "mapping.yml"
    text = mapping.read_text()
    mapping.write_text(text.replace("lead_id: Contact ID", "lead_id: Entered At"))
    with pytest.raises(RunRejected, match="keys of two files do not match"):
        refresh_state(sample_state, mapping)
    assert ask(sample_state, "select count(*) from marts.dim_leads")[0][0] > 0


def test_own_rules_replace_the_defaults_for_one_refresh(
    sample_state: Path, sample_exports: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "funnel_steps.csv").write_text("from_stage,to_stage,window_days\nmql,customer,7\n")
    refresh_state(sample_state, sample_exports / "mapping.yml", rules_dir=rules)
    assert ask(sample_state, "select distinct window_days from marts.rpt_funnel_cohorts") == [(7,)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("funnel_step.csv", "a\n", "did you mean 'funnel_steps.csv'"),
        (
            "funnel_steps.csv",
            "from_stage,to_stage,days\n",
            "columns must be from_stage,to_stage,window_days",
        ),
    ],
)
def test_rules_that_replace_nothing_are_refused(
    sample_state: Path, sample_exports: Path, tmp_path: Path, name: str, content: str, message: str
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / name).write_text(content)
    with pytest.raises(UserError, match=message):
        refresh_state(sample_state, sample_exports / "mapping.yml", rules_dir=rules)


def needed_by_marts() -> set[tuple[str, str]]:
    """Each mart with a table it cannot do without, where that is not ``leads``."""
    with (PROJECT_DIR / "seeds" / "reference" / "mart_inputs.csv").open(newline="") as file:
        return {
            (row["mart_name"], row["table_name"])
            for row in csv.DictReader(file)
            if row["is_required"] == "true" and row["table_name"] != "leads"
        }


def test_marts_without_input_are_empty_and_say_why(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("id,made\n1,2026-01-01\n")
    (tmp_path / "mapping.yml").write_text(
        "version: 1\ninputs:\n  - name: leads\n    files: leads.csv\n    tables:\n"
        "      - table: leads\n        columns:\n          lead_id: id\n"
        '          created_at: {column: made, format: "%Y-%m-%d"}\n'
    )
    refresh_state(tmp_path / "state", tmp_path / "mapping.yml")
    assert ask(
        tmp_path / "state",
        "select distinct mart_name, missing_because from marts.rpt_mart_coverage "
        "where is_required and missing_because is not null order by all",
    ) == sorted(
        (mart, f"no input of the mapping feeds {table}") for mart, table in needed_by_marts()
    )
    assert ask(tmp_path / "state", "select count(*) from marts.fct_opportunities") == [(0,)]
    assert ask(tmp_path / "state", "select lead_id, crm_stage from marts.dim_leads") == [
        ("1", "lead")
    ]


def test_months_begin_in_the_reporting_time_zone(tmp_path: Path) -> None:
    """A date east of Greenwich is an instant of the day before in UTC."""
    (tmp_path / "leads.csv").write_text(
        "id;made;mql\n1;01/02/2026 00:30;01/02/2026\n2;28/02/2026 23:59;\n"
    )
    (tmp_path / "mapping.yml").write_text(
        "version: 1\ninputs:\n  - name: leads\n    files: leads.csv\n    delimiter: ';'\n"
        "    time_zone: Europe/Paris\n    timestamp_format: '%d/%m/%Y %H:%M'\n    tables:\n"
        "      - table: leads\n        columns: {lead_id: id, created_at: made}\n"
        "      - table: lead_stage_changes\n        when: {column: mql}\n        columns:\n"
        "          lead_id: id\n          stage: {constant: mql}\n"
        "          changed_at: {column: mql, format: '%d/%m/%Y'}\n"
    )
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "reporting.csv").write_text("time_zone,currency_code\nEurope/Paris,EUR\n")
    refresh_state(tmp_path / "state", tmp_path / "mapping.yml", rules_dir=tmp_path / "rules")
    assert ask(
        tmp_path / "state",
        "select cast(cohort_month as varchar), from_stage, sum(entered_count), "
        "sum(converted_to_date_count) from marts.rpt_funnel_cohorts "
        "where dimension = 'all' and basis = 'crm' and (from_stage, to_stage) in "
        "(('lead', 'mql'), ('mql', 'sql')) group by 1, 2 order by 2",
    ) == [("2026-02-01", "lead", 2, 1), ("2026-02-01", "mql", 1, 0)]
    # The stage has a date only: it does not precede the lead made half an hour into that day.
    assert ask(
        tmp_path / "state",
        "select to_stage, is_backward, is_before_lead_created "
        "from marts.fct_lifecycle_transitions where basis = 'crm' and lead_id = '1' "
        "order by transition_number",
    ) == [("lead", False, False), ("mql", False, False)]
