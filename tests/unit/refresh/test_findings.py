from pathlib import Path

import duckdb
import pytest

from lead_warehouse.errors import RunFailed
from lead_warehouse.gates.check import CheckResult
from lead_warehouse.refresh.build import NodeResult
from lead_warehouse.refresh.findings import as_checks, from_checks, from_tests
from lead_warehouse.refresh.report import forget_old_runs


def outcome(**changes: object) -> CheckResult:
    fields = {"name": "marts.t: n is small", "is_critical": True, "success": False, "observed": "9"}
    return CheckResult(**{**fields, "rows": [{"id": 7, "n": 9}], **changes})  # type: ignore[arg-type]


def test_passing_checks_find_nothing(tmp_path: Path) -> None:
    assert from_checks([outcome(success=True)], tmp_path / "failures") == []
    assert not (tmp_path / "failures").exists()


def test_a_failing_check_names_a_row_and_keeps_all(tmp_path: Path) -> None:
    [finding] = from_checks([outcome()], tmp_path)
    assert (finding.is_critical, finding.sample) == (True, "id=7, n=9")
    assert finding.rows_file is not None
    assert finding.rows_file.read_text() == "id,n\n7,9\n"
    assert str(finding).startswith("marts.t: n is small (1 row), for example id=7, n=9; rows in ")


def test_a_check_about_no_row_says_what_it_saw(tmp_path: Path) -> None:
    [finding] = from_checks([outcome(rows=[], is_critical=False)], tmp_path)
    assert str(finding) == "marts.t: n is small (observed 9)"
    assert not finding.is_critical


def test_stored_failures_of_dbt_tests_are_exported(tmp_path: Path) -> None:
    database = tmp_path / "w.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema audit; create table audit.t as select 1 as id, 'x' as why"
        )
    results = [
        NodeResult("t", "fail", 0.1, "Got 1 result", 1, '"w"."audit"."t"'),
        NodeResult("slow", "warn", 0.1, "Got 0 results", 0, None),
        NodeResult("broken", "error", 0.1, "Binder Error", 0, '"w"."audit"."none"'),
        NodeResult("good", "pass", 0.1, None, 0, None),
    ]
    failed, warned, broken = from_tests(results, database, tmp_path / "failures")
    assert (failed.check, failed.sample, failed.is_critical) == ("t", "id=1, why=x", True)
    assert (warned.check, warned.is_critical) == ("slow", False)
    assert (broken.failures, broken.is_critical, broken.rows_file) == ("Binder Error", True, None)


def dbt_test(status: str, failures: int = 0, is_critical: bool = True) -> NodeResult:
    return NodeResult(
        name="unique_dim_leads_lead_id",
        status=status,
        seconds=0.1,
        message="m",
        failures=failures,
        relation=None,
        model="dim_leads",
        column="lead_id",
        kind="unique",
        is_critical=is_critical,
        fails_if="rows != 0",
    )


def test_dbt_tests_are_checks_among_the_others() -> None:
    operation = NodeResult("on-run-start", "success", 0.1, None, 0, None)
    passed, failed, warned, broken = as_checks(
        [
            operation,
            dbt_test("pass"),
            dbt_test("fail", 3),
            dbt_test("warn", 2, is_critical=False),
            dbt_test("error"),
        ]
    )
    assert (passed.success, passed.gate, passed.table, passed.column, passed.kind) == (
        True,
        "dbt_tests",
        "dim_leads",
        "lead_id",
        "unique",
    )
    assert (failed.success, failed.is_critical, failed.unexpected_count) == (False, True, 3)
    assert (failed.observed, failed.limits) == ("3 rows", "rows != 0")
    assert (warned.success, warned.is_critical) == (False, False)
    assert (broken.success, broken.observed) == (False, "m")
    assert as_checks([dbt_test("skipped")])[0].success is False


def test_fault_15_no_dbt_test_at_all_is_no_pass() -> None:
    with pytest.raises(RunFailed, match="ran no test"):
        as_checks([NodeResult("on-run-start", "success", 0.1, None, 0, None)])


def test_only_the_newest_runs_keep_their_logs(tmp_path: Path) -> None:
    for name in ("20260101", "20260102", "20260103"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").touch()
    forget_old_runs(tmp_path, keep=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["20260102", "20260103"]


def test_runs_whose_generations_are_kept_keep_their_logs_however_many_came_after(
    tmp_path: Path,
) -> None:
    for name in ("20260101", "20260102", "20260103"):
        (tmp_path / name).mkdir()
    forget_old_runs(tmp_path, keep=1, spare={"20260101"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["20260101", "20260103"]
