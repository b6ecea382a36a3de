"""Run dbt on the database being built; called in a process of its own."""

import gc
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lead_warehouse.memory import ran_out
from lead_warehouse.refresh.spared_dbt import spare_dbt

DATABASE_VARIABLE = "LEAD_WAREHOUSE_DATABASE"
"""Names the database in ``profiles.yml``."""


@dataclass(frozen=True)
class NodeResult:
    """What became of a model, seed or test.

    Attributes:
        failures: failing rows of a test.
        relation: where a test stored its failing rows.
        model: of a test, the model it is about, or the models its own query names.
        column: of a test on a column.
        kind: of a test, its generic name, or its own where it is a query of its own.
        fails_if: of a test, the number of rows that fails it.
    """

    name: str
    status: str
    seconds: float
    message: str | None
    failures: int
    relation: str | None
    model: str = ""
    column: str | None = None
    kind: str = ""
    is_critical: bool = True
    fails_if: str | None = None

    @property
    def is_bad(self) -> bool:
        return self.status in ("error", "fail", "runtime error", "skipped")

    @property
    def did_not_pass(self) -> bool:
        return self.is_bad or self.status == "warn"


def run_dbt(
    report: Callable[[str], None], project: Path, run_folder: Path, commands: list[list[str]]
) -> list[NodeResult]:
    """Run dbt commands one after the other; stop at the first that fails.

    Where memory ran out for a model beside another, it and what follows from it is run again, one
    model at a time.

    Returns:
        the results of the last command that ran, and of all before it.

    Raises:
        RuntimeError: dbt could not run at all (a project that does not parse, for example).
    """
    results: list[NodeResult] = []
    for command in commands:
        of_command = _invoke(report, project, run_folder, command)
        if any(ran_out(result.message or "") for result in of_command if result.is_bad):
            of_command = _one_at_a_time(report, project, run_folder, of_command)
        results += of_command
        if any(result.is_bad for result in of_command):
            break
    return results


def _one_at_a_time(
    report: Callable[[str], None], project: Path, run_folder: Path, results: list[NodeResult]
) -> list[NodeResult]:
    """Run again what failed or was skipped; the engine took back what a failed model wrote.

    In an engine of its own: one that rows were deleted in holds 16 KB for each 2,048 rows near them
    in memory until it is closed, and so does one that reads them.
    """
    _close_engine()
    left = sorted(result.name for result in results if result.is_bad)
    what = "1 model is" if len(left) == 1 else f"{len(left)} models are"
    report(f"memory ran out: {what} built again, one at a time")
    again = _invoke(
        report,
        project,
        run_folder,
        ["run", "--threads", "1", "--select", *left],
        kept_as="run_again",
    )
    return [result for result in results if not result.is_bad] + again


def _close_engine() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()
    gc.collect()  # what failed may still hold on to it


def test_with_dbt(
    report: Callable[[str], None], project: Path, run_folder: Path, arguments: list[str]
) -> list[NodeResult]:
    """Run data tests; only those that fail run again to store their rows.

    Storing the rows of every test, nearly all of them none, costs as much as the tests themselves.

    Returns:
        one result a test.

    Raises:
        RuntimeError: dbt could not run at all.
    """
    results = _invoke(report, project, run_folder, ["test", *arguments])
    failed = sorted(result.name for result in results if result.did_not_pass)
    if not failed:
        return results
    again = ["test", "--store-failures", "--select", *failed]
    stored = _invoke(report, project, run_folder, again, kept_as="test_failures")
    with_rows = {result.name: result for result in stored if result.did_not_pass}
    return [with_rows.get(result.name, result) for result in results]


def _invoke(
    report: Callable[[str], None],
    project: Path,
    run_folder: Path,
    command: list[str],
    kept_as: str | None = None,
) -> list[NodeResult]:
    from dbt.cli.main import dbtRunner

    _shut_out_environment(project)
    spare_dbt()

    def listen(event: Any) -> None:
        if event.info.name in ("LogStartLine", "LogModelResult", "LogSeedResult", "LogTestResult"):
            report(event.info.msg)

    where = ["--project-dir", str(project), "--profiles-dir", str(project)]
    # What it prints is the step's log; a file of its own would say the same.
    logs = ["--log-path", str(project / "target"), "--log-level-file", "none", "--no-use-colors"]
    # dbt writes its whole manifest twice a command, which nobody here reads.
    outcome = dbtRunner(callbacks=[listen]).invoke([*command, *where, *logs, "--no-write-json"])
    if outcome.exception is not None:
        raise RuntimeError(str(outcome.exception))
    kept = run_folder / f"dbt_{kept_as or command[0]}_results.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    outcome.result.write(str(kept))
    return _read_results(kept, {one.node.unique_id: one.node for one in outcome.result.results})


def _shut_out_environment(project: Path) -> None:
    """Leave dbt none of its own variables: they would change what is built, or stand in results."""
    from lead_warehouse.refresh.confined_dbt import SEEDS_VARIABLE

    for name in [name for name in os.environ if name.startswith("DBT_")]:
        del os.environ[name]
    os.environ[SEEDS_VARIABLE] = str((project / "seeds").resolve())


def _read_results(path: Path, nodes: dict[str, Any]) -> list[NodeResult]:
    """Results as dbt writes them into ``run_results.json``."""
    return [
        NodeResult(
            name=_name(result["unique_id"]),
            status=result["status"],
            seconds=result["execution_time"],
            message=result["message"],
            failures=result["failures"] or 0,
            relation=result["relation_name"] if result["unique_id"].startswith("test.") else None,
            **_about_test(nodes.get(result["unique_id"])),
        )
        for result in json.loads(path.read_text(encoding="utf-8"))["results"]
    ]


def _about_test(node: Any) -> dict[str, Any]:
    """What a data test is about, as dbt has parsed it; nothing for what is no test."""
    if node is None or node.resource_type != "test":
        return {}
    attached = getattr(node, "attached_node", None)
    metadata = getattr(node, "test_metadata", None)
    return {
        "model": ", ".join(map(_name, [attached] if attached else node.depends_on.nodes)),
        "column": getattr(node, "column_name", None),
        "kind": metadata.name if metadata else node.name,
        "is_critical": node.config.severity.lower() == "error",
        "fails_if": f"rows {node.config.error_if}",
    }


def _name(unique_id: str) -> str:
    """The name people know; a unit test's stands behind its model's."""
    kind, _, *names = unique_id.split(".")
    return names[1] if kind == "unit_test" else names[0]
