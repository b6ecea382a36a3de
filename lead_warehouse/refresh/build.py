"""Run dbt on the database being built; called in a process of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATABASE_VARIABLE = "LEAD_WAREHOUSE_DATABASE"
"""Names the database in ``profiles.yml``."""


@dataclass(frozen=True)
class NodeResult:
    """What became of a model, seed or test.

    Attributes:
        failures: failing rows of a test.
        relation: where a test stored its failing rows.
    """

    name: str
    status: str
    seconds: float
    message: str | None
    failures: int
    relation: str | None

    @property
    def is_bad(self) -> bool:
        return self.status in ("error", "fail", "runtime error", "skipped")


def run_dbt(
    report: Callable[[str], None], project: Path, run_folder: Path, commands: list[list[str]]
) -> list[NodeResult]:
    """Run dbt commands one after the other; stop at the first that fails.

    Returns:
        the results of the last command that ran, and of all before it.

    Raises:
        RuntimeError: dbt could not run at all (a project that does not parse, for example).
    """
    from dbt.cli.main import dbtRunner

    def listen(event: Any) -> None:
        if event.info.name in ("LogStartLine", "LogModelResult", "LogSeedResult", "LogTestResult"):
            report(event.info.msg)

    results: list[NodeResult] = []
    runner = dbtRunner(callbacks=[listen])
    for command in commands:
        outcome = runner.invoke(
            [
                *command,
                "--project-dir",
                str(project),
                "--profiles-dir",
                str(project),
                "--log-path",
                str(run_folder / "dbt"),
                "--no-use-colors",
            ]
        )
        if outcome.exception is not None:
            raise RuntimeError(str(outcome.exception))
        results += _results(project, run_folder, command[0])
        if not outcome.success:
            break
    return results


def _results(project: Path, run_folder: Path, command: str) -> list[NodeResult]:
    """Read ``run_results.json`` and keep it with the run."""
    text = (project / "target" / "run_results.json").read_text(encoding="utf-8")
    (run_folder / f"dbt_{command}_results.json").write_text(text, encoding="utf-8")
    return [
        NodeResult(
            name=_name(result["unique_id"]),
            status=result["status"],
            seconds=result["execution_time"],
            message=result["message"],
            failures=result["failures"] or 0,
            relation=result["relation_name"] if result["unique_id"].startswith("test.") else None,
        )
        for result in json.loads(text)["results"]
    ]


def _name(unique_id: str) -> str:
    """The name people know; a unit test's stands behind its model's."""
    kind, _, *names = unique_id.split(".")
    return names[1] if kind == "unit_test" else names[0]
