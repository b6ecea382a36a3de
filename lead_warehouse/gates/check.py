"""Run the expectation suites of a gate; called in a process of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lead_warehouse.gates.changes import Checked, compare
from lead_warehouse.gates.data_docs import DataDocs
from lead_warehouse.gates.limits import load_limits
from lead_warehouse.gates.suites import Suite, load_suites
from lead_warehouse.sql import identifier
from lead_warehouse.state.engine import open_to_write, spill_of

KEPT_ROWS = 1000
"""Failing rows kept for each expectation."""

QUERY = "unexpected_rows_expectation"

LIMITS = ("min_value", "max_value", "mostly", "value_set", "or_equal", "strict_min", "strict_max")
"""Arguments of an expectation that say where it begins to fail."""


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one check, an expectation or a dbt test.

    Attributes:
        name: what is expected of which table, in words.
        rows: failing rows, at most ``KEPT_ROWS``, by key and offending value.
        suite: suite of expectations, or model that a dbt test stands beside.
        table: ``schema.table``, of a dbt test the model.
        kind: type of the expectation, or name of the test.
        limits: where it begins to fail, as written.
    """

    name: str
    is_critical: bool
    success: bool
    observed: str
    rows: list[dict[str, Any]]
    gate: str = ""
    suite: str = ""
    table: str = ""
    column: str | None = None
    kind: str = ""
    description: str = ""
    unexpected_count: int | None = None
    limits: str | None = None


def check(
    report: Callable[[str], None],
    database: Path,
    gate: str,
    run_folder: Path,
    checked: Checked,
) -> list[CheckResult]:
    """Profile a gate's tables, compare them with the generation before, and run its suites.

    The results are kept in ``run_folder`` as JSON and as Data Docs.

    Raises:
        RuntimeError: a suite could not be read, or an expectation gave no result; that is a
            failure, not a pass.
    """
    suites = load_suites(gate)
    report(f"{gate}: comparing with the generation before")
    with open_to_write(database, spill=spill_of(database)) as connection:
        compare(connection, gate, checked, load_limits())
    return run_suites(report, database, gate, suites, run_folder)


def run_suites(
    report: Callable[[str], None],
    database: Path,
    gate: str,
    suites: list[Suite],
    run_folder: Path,
) -> list[CheckResult]:
    """Run suites on a database, which is only read.

    Raises:
        RuntimeError: an expectation could not be evaluated or gave no result.
    """
    import great_expectations as gx

    from lead_warehouse.gates.duckdb_source import open_source

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = open_source(context, database)
    kept = run_folder / "quality" / gate
    kept.mkdir(parents=True, exist_ok=True)
    docs = DataDocs(run_folder / "data_docs", run_folder.name)
    results: list[CheckResult] = []
    for suite in suites:
        report(f"{gate}: {suite.name}")
        asset = source.add_table_asset(suite.name, table_name=suite.table, schema_name=suite.schema)
        batch = asset.add_batch_definition_whole_table("whole table").get_batch()
        outcome = batch.validate(
            _expectations(gate, suite),
            result_format={
                "result_format": "SUMMARY",
                "partial_unexpected_count": KEPT_ROWS,
                "unexpected_index_column_names": suite.key,
            },
        )
        for one in outcome.results:
            _add_rows(batch, suite, one)
        described = outcome.to_json_dict()
        (kept / f"{suite.name}.json").write_text(
            json.dumps(described, indent=2, default=str) + "\n", encoding="utf-8"
        )
        results += results_of(gate, suite, described["results"])
        docs.add(gate, suite.name, outcome)
    docs.write_index()
    return results


def _expectations(gate: str, suite: Suite) -> Any:
    import great_expectations as gx

    try:
        return gx.ExpectationSuite(**suite.document)
    except Exception as error:
        message = " ".join(str(error).split())
        raise RuntimeError(f"{gate}/{suite.name} is no suite: {message}") from error


def _add_rows(batch: Any, suite: Suite, outcome: Any) -> None:
    """Keep the rows that a query found; of those, a summary has but the number."""
    config = outcome.expectation_config
    if config.type != QUERY or outcome.success is not False or not outcome.result:
        return
    table = f"{identifier(suite.schema)}.{identifier(suite.table)}"
    query = config.kwargs["unexpected_rows_query"].replace("{batch}", table)
    with batch.data.execution_engine.get_connection() as connection:
        found = connection.exec_driver_sql(f"select * from ({query}) limit {KEPT_ROWS}")
        outcome.result["details"] = {"unexpected_rows": [dict(row) for row in found.mappings()]}


def results_of(gate: str, suite: Suite, outcomes: list[dict[str, Any]]) -> list[CheckResult]:
    """The outcome of each expectation of a suite.

    Raises:
        RuntimeError: an expectation raised, or there is not one result for each.
    """
    results = [_result(gate, suite, one) for one in outcomes]
    if len(results) != suite.expectation_count:
        raise RuntimeError(
            f"{gate}/{suite.name}: {len(results)} results of {suite.expectation_count} "
            "expectations; one is misspelt, lacks an argument or stands there twice: see the log"
        )
    return results


def _result(gate: str, suite: Suite, outcome: dict[str, Any]) -> CheckResult:
    config, result = outcome["expectation_config"], outcome.get("result") or {}
    table = f"{suite.schema}.{suite.table}"
    name = f"{table}: {config['description']}"
    if (message := _exception_of(outcome.get("exception_info") or {})) is not None:
        raise RuntimeError(f"{name}: {message}")
    if not isinstance(outcome.get("success"), bool):
        raise RuntimeError(f"{name}: neither passed nor failed")
    rows = result.get("partial_unexpected_index_list") or (result.get("details") or {}).get(
        "unexpected_rows", []
    )
    arguments = config["kwargs"]
    limits = {key: arguments[key] for key in LIMITS if arguments.get(key) is not None}
    return CheckResult(
        name=name,
        is_critical=config["severity"] == "critical",
        success=outcome["success"],
        observed=_observed(result),
        rows=list(rows),
        gate=gate,
        suite=suite.name,
        table=table,
        column=arguments.get("column") or arguments.get("column_A"),
        kind=config["type"],
        description=config["description"],
        unexpected_count=_unexpected(config["type"], result),
        limits=", ".join(f"{key} {_plain(value)}" for key, value in limits.items()) or None,
    )


def _plain(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _observed(result: dict[str, Any]) -> str:
    """What was seen, in few words."""
    if result.get("unexpected_percent") is not None:
        return f"{result['unexpected_count']} rows, {result['unexpected_percent']:.3g} %"
    return str(result.get("observed_value", result.get("unexpected_count", "")))


def _unexpected(kind: str, result: dict[str, Any]) -> int | None:
    """Failing rows; none where the check is not about rows."""
    if result.get("unexpected_count") is not None:
        return int(result["unexpected_count"])
    return int(result["observed_value"]) if kind == QUERY else None


def _exception_of(info: dict[str, Any]) -> str | None:
    """The message of an exception, which stands alone or once for each metric."""
    for one in [info] if "raised_exception" in info else info.values():
        if one["raised_exception"]:
            return str(one["exception_message"])
    return None
