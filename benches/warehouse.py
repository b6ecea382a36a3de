"""A warehouse that benches build with the product's own command, and what they read from it."""

import json
import os
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from benches.measured import Cost, run_measured
from lead_warehouse.refresh.base import copy_base
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import WAREHOUSE_FILE, StateDirectory


@dataclass(frozen=True)
class Refreshed:
    """A refresh: what it cost, seconds of its steps, and seconds of each model as dbt has them.

    One that found nothing new built no model.
    """

    cost: Cost
    steps: dict[str, float]
    models: dict[str, float]


@dataclass(frozen=True)
class Warehouse:
    """A state directory, with the folder its files are delivered to."""

    folder: Path

    @property
    def deliveries(self) -> Path:
        return self.folder / "history"

    @property
    def state(self) -> StateDirectory:
        return StateDirectory(self.folder / "state")

    @property
    def database(self) -> Path:
        return Generations(self.state).find(None).database

    @property
    def log(self) -> Path:
        return self.folder / "bench.log"

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    @property
    def as_of(self) -> datetime:
        """Instant that the published generation speaks for."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            ((as_of,),) = connection.execute("select as_of from raw.refresh_context").fetchall()
        return datetime.fromisoformat(str(as_of))

    def generate(self, rows: int, times: int, days: int) -> Cost:
        """Have the files written: a history, and days to deliver later."""
        wanted = ("--rows", rows, "--times", times, "--days", days, "--out", self.folder)
        cost, _ = self.run("benches.deliveries", *wanted)
        return cost

    def deliver(self, day: int) -> None:
        """Put a day's files where the next refresh finds them."""
        for file in (self.folder / "days" / str(day)).iterdir():
            shutil.copy(file, self.deliveries)

    def refresh(self, *, is_full: bool = False) -> Refreshed:
        """Refresh as a scheduler would, in a process of its own.

        Args:
            is_full: whether to build all the same where nothing new came, kept tables whole.
        """
        mapping = self.deliveries / "mapping.yml"
        cost, _ = self.run(
            "lead_warehouse",
            "refresh",
            *("--state", self.state.root),
            *("--mapping", mapping),
            *(["--full-refresh"] if is_full else []),
        )
        run = max((self.state.root / "runs").iterdir())
        report = json.loads((run / "report.json").read_text("utf-8"))
        models: dict[str, float] = {}
        # Seeds and models, models alone, those that memory ran out for; tests are passed over.
        for results in run.glob("dbt_*_results.json"):
            for one in json.loads(results.read_text("utf-8"))["results"]:
                kind, _, name = one["unique_id"].split(".")[:3]
                if kind == "model":
                    models[name] = models.get(name, 0) + one["execution_time"]
        return Refreshed(cost, report["seconds"], models)

    def run(self, module: str, *arguments: object) -> tuple[Cost, str]:
        """Run a module on this warehouse."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        return run_measured(module, *arguments, environment=os.environ, log=self.log)

    def ask(self, module: str, *arguments: object) -> Any:
        """What a module prints last, which is JSON."""
        _, printed = self.run(module, *arguments)
        # dbt prints too, before it.
        return json.loads(printed.splitlines()[-1])

    def copy_of_database(self) -> Path:
        """A copy that models may be built in; its name is the catalog's in every view."""
        target = self.scratch / WAREHOUSE_FILE
        target.unlink(missing_ok=True)
        shutil.copyfile(self.database, target)
        return target

    def seconds_to_copy(self) -> float:
        """Seconds that a refresh needs to copy the published file, reading it whole."""
        target = self.scratch / "copied" / WAREHOUSE_FILE
        target.parent.mkdir(parents=True, exist_ok=True)
        good = ControlLedger(self.state.control).good_runs()
        started = time.monotonic()
        copy_base(Generations(self.state), good, target, lambda text: None)
        seconds = time.monotonic() - started
        shutil.rmtree(target.parent)
        return seconds
