"""A Parquet file, read by an engine apart: a damaged file must not break the warehouse's own."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from lead_warehouse.landing.held import HeldFile
from lead_warehouse.memory import limit_memory
from lead_warehouse.sql import identifier, literal
from lead_warehouse.state.engine import confine

SHARE_OF_MEMORY = 0.25
"""Of what engines may take, for this one."""

ROW_COLUMN = "file_row_number"
"""Name the engine gives to a row's place, from 0."""


class Stretch(NamedTuple):
    """Rows by their number from 0: from ``start`` on, before ``end``; ``row_count`` of them."""

    start: int
    end: int
    row_count: int


class ParquetFile:
    """The rows of a Parquet file, streamed; nothing of it is held in Python.

    Every failure to read it is the file's and holds it; failures to write are not.
    """

    def __init__(self, path: Path, *others: Path):
        self._path = path
        self._reached = (path, *others)
        self._quoted = literal(str(path))
        self._engine = _engine_for(self._reached)

    @property
    def rows(self) -> str:
        """SQL of all rows, with ``ROW_COLUMN``; folders named a=b above it are no columns."""
        return (
            f"read_parquet({self._quoted}, hive_partitioning = false, {ROW_COLUMN} = true, "
            "binary_as_string = false)"
        )

    def row_count(self) -> int:
        """Rows as the file's own footer counts them."""
        ((count,),) = self._ask(f"select num_rows from parquet_file_metadata({self._quoted})")
        return int(count)

    def stretches(self, size: int) -> Iterator[Stretch]:
        """Ranges of at most ``size`` rows by number, at least one, with how many rows are there."""
        count = self.row_count()
        for start in range(0, max(count, 1), size):
            end = min(start + size, count)
            yield Stretch(start, end, end - start)

    def column_names(self) -> tuple[str, ...]:
        """Columns in order, under their own names, repeated ones included."""
        elements = self._ask(f"select name, num_children from parquet_schema({self._quoted})")
        names = []
        inside = 0
        for name, children in elements[1:]:
            if inside == 0:
                names.append(str(name))
            inside = max(0, inside - 1) + (children or 0)
        return tuple(names)

    def column_types(self) -> dict[str, str]:
        """Column to the engine's type."""
        described = self._ask(f"describe select * exclude ({ROW_COLUMN}) from {self.rows}")
        return {name: sql_type for name, sql_type, *_ in described}

    def says(self, key: str) -> str | None:
        """What whoever wrote the file says under a key, beside its rows."""
        found = self._ask(
            f"select decode(value) from parquet_kv_metadata({self._quoted}) "
            f"where decode(key) = {literal(key)}"
        )
        return str(found[0][0]) if found else None

    def decode(self, columns: list[str], problem: str) -> tuple[int, int]:
        """Read every value of some columns, so that damage shows here and nowhere else.

        Returns:
            how many rows were read, and for how many of them ``problem`` (SQL) is not null.
        """
        values = ", ".join(map(identifier, columns)) or "1"
        ((rows, problems, _),) = self._ask(
            f"select count(*), count({problem}), max(hash({values})) from {self.rows}"
        )
        return int(rows), int(problems)

    def copy(self, select: str, target: Path) -> None:
        """Write the rows of a query on this file to another Parquet file."""
        with _engine_for(self._reached, target.parent) as engine:
            try:
                engine.execute(f"copy ({select}) to {literal(str(target))} (format parquet)")
            except duckdb.Error:
                # Whose fault was it? A damaged file cannot be read without writing either.
                self._ask(f"select max(hash(r)) from ({select}) as r", engine)
                raise

    def _ask(
        self, query: str, engine: duckdb.DuckDBPyConnection | None = None
    ) -> list[tuple[Any, ...]]:
        try:
            return (engine or self._engine).execute(query).fetchall()
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise HeldFile(
                f"damaged Parquet file ({self._told(error)}); deliver the file again"
            ) from None

    def _told(self, error: duckdb.Error) -> str:
        """The engine's words in one line, without the path, which differs between machines."""
        (line, *_) = str(error).splitlines() or [""]
        line = re.sub(r"^[A-Z][A-Za-z ]* Error: ", "", line)
        line = re.sub(rf"(?i)file ['\"]{re.escape(str(self._path))}['\"]", "it", line)
        return line.replace(str(self._path), "it")


def _engine_for(files: tuple[Path, ...], *folders: Path) -> duckdb.DuckDBPyConnection:
    """An engine that reaches these files, and folders to write to."""
    engine = duckdb.connect()
    limit_memory(engine, None, SHARE_OF_MEMORY)
    engine.execute("set timezone = 'UTC'")
    confine(engine, *folders, files=files)
    return engine
