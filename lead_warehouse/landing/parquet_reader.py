"""Parquet files as records: rows by number, their typed cells as text."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.given import GIVEN, given_column
from lead_warehouse.landing.header import LINE_COLUMN, Header, fit_header, read_columns
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.notation import Kind
from lead_warehouse.landing.parquet_columns import json_of, kind_of, malformed_cell, text_of
from lead_warehouse.landing.parquet_file import ROW_COLUMN, ParquetFile
from lead_warehouse.landing.reader import Tally
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier, literal

RESERVED = ("", ROW_COLUMN)
"""Names that stand for something else beside the file's own columns, or for nothing."""

BATCH_ROWS = 16 * 122_880
"""How many rows of a file land at a time: whole row groups of the warehouse, which writes those
while it goes on and gathers the rest in memory."""

NO_OFFSET = "cast(null as bigint) as byte_offset"


class ParquetReader:
    """The rows of a Parquet file; a record's number is its row, from 1. No row is blank."""

    def __init__(self, one: Input, contract: Contract, path: Path):
        self._file = ParquetFile(path)
        names = self._column_names()
        for name in names:
            if is_reserved(name):
                raise HeldFile(f"a column may not be named '{name}'; rename it")
        fitting = fit_header(one, contract, names)
        self._types = self._file.column_types()
        self._read = [name for name in names if name in read_columns(one, contract)]
        self.header = Header(0, fitting.columns, fitting.unmapped, fitting.missing, self._kinds())

    def _column_names(self) -> tuple[str, ...]:
        """The columns that are someone's data."""
        return self._file.column_names()

    def _kinds(self) -> dict[str, Kind]:
        """What the columns hold that the mapping reads."""
        return {name: kind_of(name, self._types[name]) for name in self._read}

    def frame(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> Iterator[Tally]:
        count = self._file.row_count()
        decoded, malformed = self._file.decode(self._read, self._reason)
        if decoded != count:
            raise HeldFile(
                f"rows 1–{max(decoded, count):,}: the file's footer counts {count:,} rows, "
                f"{decoded:,} can be read; deliver the file again"
            )
        connection.execute("drop table if exists framed")
        for start, end, size in self._file.stretches(BATCH_ROWS):
            within = f"{ROW_COLUMN} between {start} and {end - 1}"
            is_good = f"{self._reason} is null" if malformed else "true"
            connection.execute(
                f"create temp view framed as select {ROW_COLUMN} + 1 as {LINE_COLUMN}{self._texts} "
                f"from {self._file.rows} where {within} and {is_good}"
            )
            is_bad = f"{within} and {self._reason} is not null" if malformed else "false"
            self._set_aside(connection, scratch, is_bad)
            yield Tally(size, 0, f"rows {start + 1:,}–{end:,}")
            connection.execute("drop view framed")

    def _set_aside(self, connection: duckdb.DuckDBPyConnection, scratch: Path, is_bad: str) -> None:
        """Make the table ``malformed`` of the rows for which a condition holds."""
        connection.execute(
            f"create or replace temp table malformed as "
            f"select {ROW_COLUMN} + 1 as {LINE_COLUMN}, {NO_OFFSET}, {self._reason} as reason, "
            f"cast(null as blob) as record from {self._file.rows} where {is_bad}"
        )
        connection.execute(
            f"update malformed set record = originals.record "
            f"from {self._originals_of('malformed', connection, scratch)} as originals "
            f"where malformed.{LINE_COLUMN} = originals.{LINE_COLUMN}"
        )

    def find_originals(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        connection.execute(
            f"create or replace temp table originals as "
            f"select {LINE_COLUMN}, {NO_OFFSET}, record "
            f"from {self._originals_of('bad_records', connection, scratch)}"
        )

    @property
    def _texts(self) -> str:
        """SQL of the text of each cell that the mapping reads, and of what it is text of."""
        return "".join(
            f", {text_of(name, self._types[name])} as {identifier(name)}, "
            f"{identifier(name)} as {given_column(name)}"
            for name in self._read
        )

    @property
    def _reason(self) -> str:
        """SQL of why a row cannot be text; null where it can."""
        problems = " ".join(
            f"when {condition} then {literal(reason)}" for condition, reason in self._problems()
        )
        return f"(case {problems} end)" if problems else "cast(null as varchar)"

    def _problems(self) -> list[tuple[str, str]]:
        """(condition, reason) pairs for rows that cannot be text."""
        return [
            problem for name in self._read for problem in malformed_cell(name, self._types[name])
        ]

    def _original(self) -> str:
        """SQL of a whole row as JSON."""
        return json_of(self._types)

    def _originals_of(
        self, table: str, connection: duckdb.DuckDBPyConnection, scratch: Path
    ) -> str:
        """SQL of the rows that a table names by number, as JSON in bytes."""
        if not connection.execute(f"select 1 from {table} limit 1").fetchone():
            return f"(select {LINE_COLUMN}, cast(null as blob) as record from {table})"
        asked, found = scratch / "asked.parquet", scratch / "originals.parquet"
        connection.execute(
            f"copy (select {LINE_COLUMN} from {table}) to {literal(str(asked))} (format parquet)"
        )
        self._file.copy(
            f"select {ROW_COLUMN} + 1 as {LINE_COLUMN}, encode({self._original()}) as record "
            f"from {self._file.rows} "
            f"where {ROW_COLUMN} + 1 in (select {LINE_COLUMN} from {_rows_of(asked)})",
            found,
        )
        return _rows_of(found)


def is_reserved(name: str) -> bool:
    """Whether a column may not be named so."""
    return name.casefold() in RESERVED or name.casefold().startswith(GIVEN)


def _rows_of(path: Path) -> str:
    """SQL of the rows of a file that was written here."""
    return f"read_parquet({literal(str(path))}, hive_partitioning = false)"
