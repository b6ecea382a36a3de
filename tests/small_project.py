"""A small dbt project with the macros of this one, built as a refresh builds."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import yaml

from lead_warehouse import PROJECT_DIR
from lead_warehouse.refresh.build import DATABASE_VARIABLE, NodeResult, run_dbt
from lead_warehouse.refresh.worker import run_in_worker

PROJECT = {
    "name": "lead_warehouse",
    "profile": "lead_warehouse",
    "config-version": 2,
    "models": {"lead_warehouse": {"+post-hook": "{{ comment_on_key() }}"}},
}


class Small:
    """A dbt project of a few models, and what its database has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[str] = []
        self.models = folder / "project" / "models"
        self.models.mkdir(parents=True)
        (folder / "runs").mkdir()
        (folder / "project" / "seeds").mkdir()
        (folder / "project" / "dbt_project.yml").write_text(yaml.safe_dump(PROJECT))
        shutil.copy(PROJECT_DIR / "profiles.yml", folder / "project")
        for part in ("incremental", "keys", "materializations", "schema"):
            shutil.copytree(PROJECT_DIR / "macros" / part, folder / "project" / "macros" / part)

    def write(self, name: str, sql: str, materialized: str = "table", **said: Any) -> None:
        config = f"{{{{ config(materialized='{materialized}', schema='marts') }}}}\n"
        (self.models / f"{name}.sql").write_text(config + sql)
        if said:
            document = {"version": 2, "models": [{"name": name, **said}]}
            (self.models / f"{name}.yml").write_text(yaml.safe_dump(document))

    def run(self, **environment: str) -> dict[str, NodeResult]:
        results: list[NodeResult] = run_in_worker(
            run_dbt,
            Path("project"),
            Path("runs"),
            [["run"]],
            log=self.folder / "dbt.log",
            report=self.told.append,
            folder=self.folder,
            environment={DATABASE_VARIABLE: "warehouse.duckdb", **environment},
        )
        return {result.name: result for result in results}

    def ask(self, query: str) -> list[Any]:
        with duckdb.connect(str(self.folder / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()
