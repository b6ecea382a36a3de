"""Results of checks as a table of the build, and as JSON with the run."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lead_warehouse.gates.changes import Checked, why_not_compared
from lead_warehouse.gates.check import CheckResult
from lead_warehouse.gates.profile import insert_columns
from lead_warehouse.state.engine import open_to_write

KEPT_RUNS = 30
"""Runs whose results the table holds; a build starts as a copy, so earlier ones are there."""

RESULTS_FILE = "check_results.json"
"""In the folder of the run: also of runs that were rejected, whose build is gone."""

COLUMNS = {
    "run_id": "varchar",
    "checked_at": "timestamp",
    "gate": "varchar",
    "suite": "varchar",
    "table_name": "varchar",
    "column_name": "varchar",
    "check_name": "varchar",
    "description": "varchar",
    "severity": "varchar",
    "success": "boolean",
    "observed": "varchar",
    "unexpected_count": "bigint",
    "limits": "varchar",
}


def store_results(
    database: Path, run_folder: Path, checked: Checked, results: list[CheckResult]
) -> str | None:
    """Add results to ``quality.check_results`` of the build and to the run's JSON.

    Returns:
        what keeps the run from being compared as usual, see ``why_not_compared``.
    """
    rows = [_row(checked, result) for result in results]
    with open_to_write(database) as connection:
        body = ", ".join(f"{name} {sql_type}" for name, sql_type in COLUMNS.items())
        connection.execute("create schema if not exists quality")
        connection.execute(f"create table if not exists quality.check_results ({body})")
        insert_columns(connection, "quality.check_results", COLUMNS, rows)
        connection.execute(
            "delete from quality.check_results where run_id not in (select run_id from "
            "quality.check_results group by run_id order by max(checked_at) desc, run_id desc "
            "limit ?)",
            [KEPT_RUNS],
        )
        reason = why_not_compared(connection, checked.run_id)
    path = run_folder / RESULTS_FILE
    earlier = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    records = earlier + [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    run_folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(records, indent=1, default=str) + "\n", encoding="utf-8")
    return reason


def _row(checked: Checked, result: CheckResult) -> tuple[Any, ...]:
    given = asdict(result)
    return (
        checked.run_id,
        checked.at,
        *(given[name] for name in ("gate", "suite", "table", "column", "kind", "description")),
        "critical" if result.is_critical else "warning",
        *(given[name] for name in ("success", "observed", "unexpected_count", "limits")),
    )


def counts(results: Iterable[CheckResult]) -> dict[str, int]:
    """How many checks ran, and how many failed or warned."""
    listed = list(results)
    bad = [one for one in listed if not one.success]
    return {
        "run": len(listed),
        "failed": sum(one.is_critical for one in bad),
        "warned": sum(not one.is_critical for one in bad),
    }
