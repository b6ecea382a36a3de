"""Run the expectation suites of a gate; called in a process of its own.

A suite is a JSON file as Great Expectations writes it, ``quality/<gate>/<table>.json``. Its
``meta`` names the schema, the table and the key columns that tell a failing row apart.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lead_warehouse import PROJECT_DIR

SUITES = PROJECT_DIR / "quality"
KEPT_ROWS = 1000
"""Failing rows kept for each expectation."""


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one expectation.

    Attributes:
        name: what is expected of which table, in words.
        rows: failing rows, at most ``KEPT_ROWS``, by key and offending value.
    """

    name: str
    is_critical: bool
    success: bool
    observed: str
    rows: list[dict[str, Any]]


def check(
    report: Callable[[str], None], database: Path, gate: str, results_folder: Path
) -> list[CheckResult]:
    """Run every suite of a gate on a database.

    Raises:
        RuntimeError: an expectation could not be evaluated; that is a failure, not a pass.
    """
    import great_expectations as gx

    from lead_warehouse.gates.duckdb_source import open_source

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = open_source(context, database)
    results_folder.mkdir(parents=True, exist_ok=True)
    results: list[CheckResult] = []
    for path in sorted((SUITES / gate).glob("*.json")):
        report(f"{gate}: {path.stem}")
        document = json.loads(path.read_text(encoding="utf-8"))
        meta = document["meta"]
        suite = gx.ExpectationSuite(**document)
        asset = source.add_table_asset(
            path.stem, table_name=meta["table"], schema_name=meta["schema"]
        )
        outcome = (
            asset.add_batch_definition_whole_table("whole table")
            .get_batch()
            .validate(
                suite,
                result_format={
                    "result_format": "SUMMARY",
                    "partial_unexpected_count": KEPT_ROWS,
                    "unexpected_index_column_names": meta["key"],
                },
            )
        )
        described = outcome.to_json_dict()
        (results_folder / path.name).write_text(
            json.dumps(described, indent=2, default=str) + "\n", encoding="utf-8"
        )
        results += [_result(meta, one) for one in described["results"]]
    return results


def _result(meta: dict[str, Any], outcome: dict[str, Any]) -> CheckResult:
    config, result = outcome["expectation_config"], outcome["result"]
    name = f"{meta['schema']}.{meta['table']}: {_describe(config)}"
    if (message := _exception_of(outcome["exception_info"])) is not None:
        raise RuntimeError(f"{name}: {message}")
    rows = result.get("partial_unexpected_index_list") or (result.get("details") or {}).get(
        "unexpected_rows", []
    )
    return CheckResult(
        name=name,
        is_critical=config.get("severity", "critical") == "critical",
        success=outcome["success"],
        observed=str(result.get("observed_value", result.get("unexpected_count", ""))),
        rows=list(rows),
    )


def _exception_of(info: dict[str, Any]) -> str | None:
    """The message of an exception, which stands alone or once for each metric."""
    for one in [info] if "raised_exception" in info else info.values():
        if one["raised_exception"]:
            return str(one["exception_message"])
    return None


def _describe(config: dict[str, Any]) -> str:
    if config.get("description"):
        return str(config["description"])
    given = {k: v for k, v in config["kwargs"].items() if k != "batch_id"}
    return f"{config['type']} {', '.join(f'{k}={v}' for k, v in given.items())}"
