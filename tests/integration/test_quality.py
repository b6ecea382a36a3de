"""The checks of a refresh: what stops it, what is let through, and what is kept of them."""

import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse.checked import read_changes, read_checks
from lead_warehouse.errors import RunFailed, RunRejected, UserError
from lead_warehouse.gates.changes import Checked
from lead_warehouse.gates.check import check
from lead_warehouse.landing.land import land
from lead_warehouse.refresh import land_build
from lead_warehouse.refresh.worker import run_in_worker
from lead_warehouse.state.digest import FOLLOWS_FROM
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask, refresh_state
from tests.console import run


def lose_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, landing loses three of four leads with all that is theirs."""

    def lose(connection: duckdb.DuckDBPyConnection, *given: Any, **options: Any) -> Any:
        landing = land(connection, *given, **options)
        for table in ("leads", "lead_stage_changes", "opportunities"):
            connection.execute(f"delete from landed.{table} where md5_number(lead_id) % 4 <> 0")
        return landing

    monkeypatch.setattr(land_build, "land", lose)


def test_a_loss_that_nobody_explains_stops_at_each_gate_unless_it_is_let_through(
    sample_state: Path, sample_exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, mapping = StateDirectory(sample_state), sample_exports / "mapping.yml"
    before = Generations(state).find(None)
    lose_leads(monkeypatch)
    with pytest.raises(RunRejected, match=r"no raw table changes .*table_name=raw\.") as error:
        refresh_state(sample_state, mapping)
    assert "rows in" in str(error.value)
    assert Generations(state).find(None) == before
    with pytest.raises(RunRejected, match=r"no mart changes .*table_name=marts"):
        refresh_state(sample_state, mapping, accept_changes=("raw.*",))
    assert Generations(state).find(None) == before
    # What a rejected run found is still there to be read.
    rejected = sorted(path.name for path in (sample_state / "runs").iterdir())[-1]
    found = read_checks(state, rejected)
    assert found.count("critical") >= 1
    assert found.data_docs is not None
    assert found.data_docs.exists()
    lost = (sample_state / "runs" / rejected / "failures").glob("quality.changes_no_mart*.csv")
    assert "marts.dim_leads" in next(lost).read_text()


def test_views_have_as_many_rows_as_the_relations_they_follow_from(
    published_sample: Path,
) -> None:
    for view, counted in FOLLOWS_FROM.items():
        ((rows, counted_rows),) = ask(
            published_sample,
            f"select (select count(*) from {view}), (select count(*) from {counted})",
        )
        assert rows == counted_rows > 0


def test_results_of_every_check_are_a_table_of_the_generation(published_sample: Path) -> None:
    state = StateDirectory(published_sample)
    gates = ask(
        published_sample,
        "select gate, count(*), count(distinct run_id), count(table_name), count(check_name) "
        "from quality.check_results group by gate order by gate",
    )
    assert [gate for gate, *_ in gates] == ["dbt_tests", "marts_audit", "raw_gate"]
    for _, checks, runs, tables, names in gates:
        assert checks == tables == names > 30
        assert runs == 1
    assert ask(
        published_sample,
        "select count(*) from quality.check_results where not success and severity = 'critical'",
    ) == [(0,)]
    manifest = Generations(state).find(None).manifest
    assert not [name for name in manifest["tables"] if name.startswith("quality.")]
    found = read_checks(state, None)
    assert found.count() == sum(checks for _, checks, *_ in gates)
    assert len(found.bad().values) == found.count("warning")
    first = read_changes(state, None, everything=True)
    because = first.columns.index("because")
    assert {row[because] for row in first.values} == {"first generation: nothing to compare with"}


def test_the_console_shows_checks_and_changes(published_sample: Path) -> None:
    shown = run("quality", "--state", published_sample).stdout
    assert " checks of run " in shown
    assert "0 failed" in shown
    assert "index.html" in shown
    asked = run("quality", "--all", "--format", "csv", "--state", published_sample)
    listed = asked.stdout.splitlines()
    assert listed[0].startswith("run_id,checked_at,gate,suite,table_name")
    assert len(listed) > 100
    assert "nothing changed" in run("quality", "--changes", "--state", published_sample).stdout


def test_an_older_generation_has_no_results_and_says_so(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    state.building.parent.mkdir(parents=True)
    duckdb.connect(str(state.building)).close()
    Generations(state).seal("20260101T000000-aaaaaa", {"as_of": "2026-01-01", "is_past": False})
    Generations(state).publish("20260101T000000-aaaaaa")
    with pytest.raises(UserError, match="the next refresh keeps them"):
        read_checks(state, None)


def killed(report: object, *given: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_fault_15_a_checker_that_is_killed_or_has_no_suites_fails_the_run(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(database)).close()
    given = (database, "no_gate", tmp_path / "run", Checked("r", datetime(2026, 1, 1)))
    for step, told in ((killed, "exit code -9"), (check, "has no suite")):
        with pytest.raises(RunFailed, match=told) as error:
            run_in_worker(
                step,
                *given,
                log=tmp_path / "log",
                report=lambda line: None,
                folder=tmp_path,
                environment={},
            )
        assert "\n" not in str(error.value)
