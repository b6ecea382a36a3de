"""Suites run by Great Expectations, and what counts as a failure of it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from lead_warehouse import PROJECT_DIR
from lead_warehouse.contract import load_contract
from lead_warehouse.contract.raw_schema import raw_tables
from lead_warehouse.gates.changes import Checked, compare
from lead_warehouse.gates.check import CheckResult, results_of, run_suites
from lead_warehouse.gates.limits import load_limits
from lead_warehouse.gates.results import COLUMNS, store_results
from lead_warehouse.gates.suites import Suite, load_suites
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.refresh.findings import from_checks

CHECKED = Checked("20260101T000000-aaaaaa", datetime(2026, 1, 1))


def no_report(line: str) -> None:
    pass


def expectation(kind: str, severity: str = "critical", **arguments: Any) -> dict[str, Any]:
    return {"type": kind, "kwargs": arguments, "severity": severity, "description": f"{kind} holds"}


def between(column: str, low: int, high: int, **more: Any) -> dict[str, Any]:
    return expectation(
        "expect_column_values_to_be_between", column=column, min_value=low, max_value=high, **more
    )


def suite(*expectations: dict[str, Any], table: str = "t") -> Suite:
    document = {
        "name": f"g.{table}",
        "meta": {"schema": "marts", "table": table, "key": ["id"]},
        "expectations": list(expectations),
    }
    return Suite(table, "marts", table, ["id"], document)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create schema marts; create table marts.t as "
            "select i as id, i * 10 as n, '<b>' || i as words from range(10) as r(i)"
        )
    return path


def run(database: Path, one: Suite) -> list[CheckResult]:
    return run_suites(no_report, database, "gate", [one], database.parent / "run")


def test_failing_rows_come_with_key_value_count_and_limits(database: Path) -> None:
    ranged, mostly, query = run(
        database,
        suite(
            between("n", 0, 70),
            between("n", 0, 70, mostly=0.8),
            expectation(
                "unexpected_rows_expectation",
                "warning",
                unexpected_rows_query="select id, words from {batch} where id > 7 order by id",
            ),
        ),
    )
    assert (ranged.success, ranged.is_critical, ranged.unexpected_count) == (False, True, 2)
    assert [row["id"] for row in ranged.rows] == [8, 9]
    assert (ranged.table, ranged.column) == ("marts.t", "n")
    assert ranged.limits == "min_value 0, max_value 70"
    assert ranged.observed == "2 rows, 20 %"
    assert (mostly.success, mostly.limits) == (True, "min_value 0, max_value 70, mostly 0.8")
    assert (query.success, query.is_critical, query.unexpected_count) == (False, False, 2)
    assert query.rows == [{"id": 8, "words": "<b>8"}, {"id": 9, "words": "<b>9"}]
    [_, warned] = from_checks([ranged, query], database.parent / "failures")
    assert warned.rows_file is not None
    assert warned.rows_file.read_text() == "id,words\n8,<b>8\n9,<b>9\n"


def test_data_docs_need_no_network_and_show_values_as_text(database: Path) -> None:
    run(
        database,
        suite(
            expectation("expect_column_values_to_be_in_set", column="words", value_set=["x"]),
            expectation(
                "unexpected_rows_expectation",
                "warning",
                unexpected_rows_query="select words from {batch}",
            ),
        ),
    )
    docs = database.parent / "run" / "data_docs"
    assert sorted(path.name for path in docs.iterdir()) == ["gate.t.html", "index.html"]
    page = (docs / "gate.t.html").read_text()
    assert "&lt;b&gt;3" in page
    assert "<b>3" not in page
    for text in (page, (docs / "index.html").read_text()):
        assert "http" not in text
        assert "<script" not in text
    assert 'href="gate.t.html"' in (docs / "index.html").read_text()
    assert "Great Expectations Version" in page


def test_fault_15_an_expectation_that_cannot_be_evaluated_fails_the_run(database: Path) -> None:
    with pytest.raises(RuntimeError, match=r"marts\.t: .* holds: .*nowhere"):
        run(database, suite(between("nowhere", 0, 1)))
    with pytest.raises(RuntimeError, match=r"marts\.t: unexpected_rows_expectation holds"):
        run(
            database,
            suite(
                expectation(
                    "unexpected_rows_expectation",
                    unexpected_rows_query="select nothing from {batch}",
                )
            ),
        )


def test_fault_15_a_table_or_an_expectation_that_there_is_not_fails_the_run(
    database: Path,
) -> None:
    with pytest.raises(Exception, match="gone"):
        run(database, suite(between("n", 0, 1), table="gone"))
    # Great Expectations logs what it does not know, and goes on without it.
    with pytest.raises(RuntimeError, match="1 results of 2 expectations"):
        run(database, suite(expectation("expect_the_best", column="n"), between("n", 0, 90)))
    with pytest.raises(RuntimeError, match=r"gate/t is no suite: .*colum") as error:
        run(database, suite(expectation("expect_column_values_to_be_between", colum="n")))
    assert "\n" not in str(error.value)


def outcome(**changes: Any) -> dict[str, Any]:
    return {
        "success": True,
        "expectation_config": between("n", 0, 1),
        "result": {},
        "exception_info": {"raised_exception": False},
        **changes,
    }


def test_fault_15_an_expectation_without_a_result_has_not_passed() -> None:
    two = suite(between("n", 0, 1), between("n", 0, 2))
    assert len(results_of("gate", two, [outcome(), outcome()])) == 2
    with pytest.raises(RuntimeError, match="1 results of 2 expectations"):
        results_of("gate", two, [outcome()])
    with pytest.raises(RuntimeError, match="neither passed nor failed"):
        results_of("gate", two, [outcome(), outcome(success=None)])
    broken = {"('metric',)": {"raised_exception": True, "exception_message": "no memory"}}
    with pytest.raises(RuntimeError, match="no memory"):
        results_of("gate", two, [outcome(), outcome(exception_info=broken)])


def empty_warehouse(path: Path) -> None:
    """Every table that suites and limits name, without a row."""
    with duckdb.connect(str(path)) as connection:
        ensure_raw_schema(connection, load_contract())
        connection.execute("create schema marts")
        for file in (PROJECT_DIR / "models" / "marts").rglob("*.yml"):
            for model in yaml.safe_load(file.read_text()).get("models", []):
                columns = ", ".join(f"{one['name']} {one['data_type']}" for one in model["columns"])
                connection.execute(f"create table marts.{model['name']} ({columns})")
        connection.execute(
            "insert into raw.refresh_context (as_of, known_by, rules_digest) "
            "values ('2026-01-01', '2026-01-01', 'r')"
        )


def test_an_empty_warehouse_passes_but_for_its_leads(tmp_path: Path) -> None:
    results = []
    for gate in ("raw_gate", "marts_audit"):
        # A file for each: what the checker has open to read, nobody opens to write meanwhile.
        database = tmp_path / gate / "warehouse.duckdb"
        database.parent.mkdir()
        empty_warehouse(database)
        with duckdb.connect(str(database)) as connection:
            compare(connection, "raw_gate", CHECKED, load_limits())
            compare(connection, "marts_audit", CHECKED, load_limits())
        results += run_suites(no_report, database, gate, load_suites(gate), tmp_path / "run")
    assert [one.name for one in results if not one.success] == [
        "raw.leads: some lead has landed; without leads every mart is empty"
    ]
    assert {one.table for one in results} > {"raw.leads", "marts.dim_leads", "quality.changes"}


def test_results_are_kept_as_a_table_and_with_the_run(tmp_path: Path) -> None:
    database = tmp_path / "w.duckdb"
    result = CheckResult(
        "marts.t: n is small", True, False, "9 rows", [], "gate", "t", "marts.t", "n", "k", "d", 9
    )
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema quality; create table quality.profiled_runs as select 'r' || i as "
            "run_id, i as number, false as is_past, null as explained_by from range(99) as t(i)"
        )
    for number in range(33):
        checked = Checked(f"r{number}", CHECKED.at.replace(minute=number))
        store_results(database, tmp_path / f"r{number}", checked, [result, result])
    with duckdb.connect(str(database)) as connection:
        found = connection.execute(
            "select count(*), count(distinct run_id), min(checked_at), any_value(severity), "
            "bool_or(success), min(unexpected_count) from quality.check_results"
        ).fetchone()
    assert found == (60, 30, CHECKED.at.replace(minute=3), "critical", False, 9)
    # A second gate of the same run adds to the first.
    store_results(database, tmp_path / "r32", Checked("r32", CHECKED.at), [result])
    kept = json.loads((tmp_path / "r32" / "check_results.json").read_text())
    assert len(kept) == 3
    assert list(kept[0]) == list(COLUMNS)


def test_suites_name_tables_and_keys_that_there_are() -> None:
    raw = raw_tables(load_contract())
    for one in load_suites("raw_gate"):
        if one.schema == "raw":
            assert set(one.key) <= set(raw[one.table]), one.name
