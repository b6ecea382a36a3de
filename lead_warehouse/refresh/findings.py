"""What a gate or audit found wrong, with the failing rows kept for inspection."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from lead_warehouse.errors import RunFailed
from lead_warehouse.gates.check import KEPT_ROWS, CheckResult
from lead_warehouse.refresh.build import NodeResult
from lead_warehouse.spreadsheet import escape_cell
from lead_warehouse.state.engine import open_read_only

PASSED = ("pass", "success")
"""Statuses of dbt tests that found nothing."""


@dataclass(frozen=True)
class Finding:
    """A check that did not pass.

    Attributes:
        is_critical: whether it stops the refresh; otherwise it is a warning.
        failures: how many rows failed, or what was observed.
        rows_file: the failing rows as CSV, none where a check is not about rows.
        sample: the first failing row, for the message.
    """

    check: str
    is_critical: bool
    failures: str
    rows_file: Path | None
    sample: str | None

    def __str__(self) -> str:
        text = f"{self.check} ({self.failures})"
        if self.sample:
            text += f", for example {self.sample}"
        return text + (f"; rows in {self.rows_file}" if self.rows_file else "")


def from_checks(results: list[CheckResult], folder: Path) -> list[Finding]:
    """Findings of expectation suites."""
    findings = []
    for result in results:
        if result.success:
            continue
        path = write_rows(folder, result.name, result.rows)
        failures = _rows_counted(len(result.rows)) if result.rows else f"observed {result.observed}"
        sample = show(result.rows[0]) if result.rows else None
        findings.append(Finding(result.name, result.is_critical, failures, path, sample))
    return findings


def from_tests(results: list[NodeResult], database: Path, folder: Path) -> list[Finding]:
    """Findings of dbt tests, whose rows lie in the schema ``audit`` of the build."""
    failed = [result for result in results if result.did_not_pass]
    if not failed:
        return []
    findings = []
    with open_read_only(database) as connection:
        for result in failed:
            rows = _stored_rows(connection, result)
            path = write_rows(folder, result.name, rows)
            failures = _rows_counted(result.failures) if rows else str(result.message)
            sample = show(rows[0]) if rows else None
            is_critical = result.status != "warn"
            findings.append(Finding(result.name, is_critical, failures, path, sample))
    return findings


def from_quarantine(database: Path, folder: Path) -> str | None:
    """Records that a rejected build has in quarantine, which go with it; none where there are none.

    The first of them are kept in ``folder``.
    """
    with open_read_only(database) as connection:
        rows = _rows(
            connection,
            "select file_name, file_line, column_name, value, reason, problem_count "
            "from raw.quarantined_rows order by all",
        )
        [count] = connection.execute("select count(*) from raw.quarantined_rows").fetchone() or [0]
    if not rows:
        return None
    kept = write_rows(folder, "raw.quarantined_rows", rows)
    return f"{count:,} records in quarantine, for example {show(rows[0])}; {kept}"


def as_checks(results: list[NodeResult]) -> list[CheckResult]:
    """dbt tests as checks among the others.

    Raises:
        RunFailed: dbt ran no test at all, which is no pass.
    """
    tests = [one for one in results if one.kind]
    if not tests:
        raise RunFailed("dbt ran no test of the build; nothing says that it is good")
    return [
        CheckResult(
            name=one.name,
            is_critical=one.is_critical,
            success=one.status in PASSED,
            observed=f"{one.failures} rows" if one.status != "error" else str(one.message),
            rows=[],
            gate="dbt_tests",
            suite=one.model,
            table=one.model,
            column=one.column,
            kind=one.kind,
            description=one.name,
            unexpected_count=one.failures,
            limits=one.fails_if,
        )
        for one in tests
    ]


def _rows_counted(count: int) -> str:
    return f"{count:,} row{'s' * (count != 1)}"


def _stored_rows(connection: duckdb.DuckDBPyConnection, result: NodeResult) -> list[dict[str, Any]]:
    if result.relation is None or result.status == "error":
        return []
    return _rows(connection, f"select * from {result.relation}")


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(f"{query} limit {KEPT_ROWS}")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def write_rows(folder: Path, name: str, rows: list[dict[str, Any]]) -> Path | None:
    """Write rows to a CSV file named after ``name``; none for no rows. Formulas are escaped."""
    if not rows:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (re.sub(r"[^A-Za-z0-9_.]+", "_", name)[:80].strip("_") + ".csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            writer.writerow({column: escape_cell(value) for column, value in row.items()})
    return path


def show(row: dict[str, Any]) -> str:
    """The first values of a row that say something."""
    shown = {name: value for name, value in row.items() if value is not None}
    return ", ".join(f"{name}={value}" for name, value in list(shown.items())[:5])
