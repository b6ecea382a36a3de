"""What a published warehouse would have said at earlier instants, from one build.

A rebuild of the past takes a refresh. Here the models run again as dbt compiled them, on a copy of
the database, with another instant in ``raw.refresh_context``: the same SQL, a second or two a day.
"""

import re
import shutil
from collections.abc import Iterable
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

COMPILED = "project/target/compiled/lead_warehouse/models"
_READ = re.compile(r'"warehouse"\."(?:intermediate|marts)"\."(\w+)"')


class Replayed:
    """A copy of the published database, to be rebuilt for one instant after the other.

    Args:
        wanted: models that are asked; they are built, with all that they follow from.
    """

    def __init__(self, state: Path, folder: Path, wanted: Iterable[str]) -> None:
        database = folder / "warehouse.duckdb"
        shutil.copyfile(Generations(StateDirectory(state)).find(None).database, database)
        database.chmod(0o600)
        self.connection = duckdb.connect(str(database))
        self.connection.execute("set timezone = 'UTC'")
        self._sql = {path.stem: path for path in (state / COMPILED).rglob("*/*.sql")}
        self._sql = {name: path for name, path in self._sql.items() if not name.startswith("stg_")}
        self._is_asking = False
        self._order = self._in_order(wanted)
        self._kinds = dict(
            self.connection.execute(
                "select table_name, table_schema || '|' || table_type "
                "from information_schema.tables where table_schema in ('intermediate', 'marts')"
            ).fetchall()
        )

    def _in_order(self, wanted: Iterable[str]) -> list[str]:
        reads: dict[str, set[str]] = {}
        waiting = list(wanted)
        while waiting:
            name = waiting.pop()
            if name not in reads and name in self._sql:
                found = set(_READ.findall(self._sql[name].read_text(encoding="utf-8")))
                reads[name] = found & self._sql.keys()
                waiting += reads[name]
        dated: set[str] = set()
        for name in TopologicalSorter(reads).static_order():
            text = self._sql[name].read_text(encoding="utf-8")
            if "stg_files__refresh_context" in text or reads[name] & dated:
                dated.add(name)
        return [name for name in TopologicalSorter(reads).static_order() if name in dated]

    def at(self, instant: datetime) -> None:
        """Have the models speak for an instant, from what was known then."""
        # Nothing of it is kept, so nothing is written to the disk.
        if self._is_asking:
            self.connection.execute("rollback")
        self.connection.execute("begin transaction")
        self._is_asking = True
        self.connection.execute(
            "update raw.refresh_context "
            "set as_of = $at, known_by = $at, is_as_of_given = true, is_full_build = true",
            {"at": instant},
        )
        for name in self._order:
            schema, kind = self._kinds[name].split("|")
            if kind == "BASE TABLE":
                sql = self._sql[name].read_text(encoding="utf-8")
                self.connection.execute(f"create or replace table {schema}.{name} as {sql}")

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, list(parameters)).fetchall()
