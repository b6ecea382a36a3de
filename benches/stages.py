"""How long each model takes by itself, on a copy of a warehouse that a refresh has built.

Which models lie on the way from the staged interactions to a result is asked of dbt's own graph, so
a model that is new or moved is counted without being named here.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

from lead_warehouse import PROJECT_DIR
from lead_warehouse.refresh.build import DATABASE_VARIABLE

STAGED = "stg_files__interactions"

RESULTS = {
    "current scores": ["fct_lead_scores"],
    "history and crossings": [
        "fct_score_history",
        "int_intent_scored",
        "int_profiles_qualified",
        "int_mql_exits_dated",
    ],
    "stages": ["fct_lifecycle_transitions"],
}
"""What a stage ends with, where the project has it."""

PARTS_OF_THE_PROJECT = {
    "work queue": ("intermediate/operations", "marts/queue"),
    "law": ("intermediate/law", "marts/law"),
    "sales": ("intermediate/sales", "marts/sales", "exports"),
}
"""Folders of models that are measured by themselves, without what they follow from."""


def time_models(database: Path, scratch: Path) -> dict[str, Any]:
    """Build every model of the stages anew, one after the other.

    Returns:
        ``stages``, the models of each, and ``models``, seconds and processor seconds of each.
    """
    os.environ[DATABASE_VARIABLE] = str(database)
    where = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    where += ["--target-path", str(scratch / "target"), "--log-path", str(scratch / "logs")]
    where += ["--quiet", "--no-use-colors"]
    known = set(_names(where, "resource_type:model"))
    stages = {
        stage: sorted(
            set(_names(where, *(f"{STAGED}+,+{result}" for result in results if result in known)))
            - {STAGED}
        )
        for stage, results in RESULTS.items()
    }
    stages |= {
        part: _names(where, *(f"path:models/{folder}" for folder in folders))
        for part, folders in PARTS_OF_THE_PROJECT.items()
    }
    models = _built(where, sorted(set().union(*stages.values())))
    return {"stages": stages, "models": models}


def _names(where: list[str], *selected: str) -> list[str]:
    arguments = ["ls", "--resource-types", "model", "--output", "name", "--select", *selected]
    outcome = dbtRunner().invoke([*arguments, *where])
    if not outcome.success:
        raise RuntimeError(f"dbt could not list {selected}: {outcome.exception}")
    return [str(name) for name in outcome.result]


def _built(where: list[str], names: list[str]) -> dict[str, dict[str, float]]:
    models: dict[str, dict[str, float]] = {}
    begun: dict[str, tuple[float, float]] = {}

    def listen(event: Any) -> None:
        name = event.info.name
        if name not in ("LogStartLine", "LogModelResult"):
            return
        model = event.data.node_info.node_name
        if name == "LogStartLine":
            begun[model] = (time.monotonic(), time.process_time())
        else:
            started, used = begun[model]
            models[model] = {
                "seconds": time.monotonic() - started,
                "processor_seconds": time.process_time() - used,
            }

    # One at a time: each has both threads of the engine, and its seconds are its own.
    command = ["run", "--full-refresh", "--threads", "1", "--select", *names]
    outcome = dbtRunner(callbacks=[listen]).invoke([*command, *where])
    if not outcome.success:
        raise RuntimeError(f"dbt could not build {names}: {outcome.exception}")
    return models


if __name__ == "__main__":
    print(json.dumps(time_models(Path(sys.argv[1]), Path(sys.argv[2]))))
