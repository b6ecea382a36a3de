"""Parquet files as records: rows by number, their typed cells as text."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.header import LINE_COLUMN, Header, fit_header, read_columns
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.parquet_columns import json_of, kind_of, malformed_cell, text_of
from lead_warehouse.landing.parquet_file import ROW_COLUMN, ParquetFile
from lead_warehouse.landing.reader import Tally
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier, literal

REASON_COLUMN = "(reason)"
RESERVED = ("", ROW_COLUMN, REASON_COLUMN)
"""Names that stand for something else beside the file's own columns, or for nothing."""

NO_OFFSET = "cast(null as bigint) as byte_offset"


class ParquetReader:
    """The rows of a Parquet file; a record's number is its row, from 1. No row is blank."""

    def __init__(self, one: Input, contract: Contract, path: Path):
        self._file = ParquetFile(path)
        names = self._file.column_names()
        for name in names:
            if name.casefold() in RESERVED:
                raise HeldFile(f"a column may not be named '{name}'; rename it")
        fitting = fit_header(one, contract, names)
        self._types = self._file.column_types()
        self._read = [name for name in names if name in read_columns(one, contract)]
        kinds = {name: kind_of(name, self._types[name]) for name in self._read}
        self.header = Header(0, fitting.columns, fitting.unmapped, fitting.missing, kinds)

    def frame(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> Iterator[Tally]:
        target = scratch / "records.parquet"
        self._file.copy(self._records(), target)
        records, reason = _rows_of(target), identifier(REASON_COLUMN)
        connection.execute(
            f"create or replace temp table framed as "
            f"select * exclude ({reason}) from {records} where {reason} is null"
        )
        connection.execute(
            f"create or replace temp table malformed as "
            f"select {LINE_COLUMN}, {NO_OFFSET}, {reason} as reason, cast(null as blob) as record "
            f"from {records} where {reason} is not null"
        )
        connection.execute(
            f"update malformed set record = originals.record "
            f"from {self._originals_of('malformed', connection, scratch)} as originals "
            f"where malformed.{LINE_COLUMN} = originals.{LINE_COLUMN}"
        )
        yield Tally(self._file.row_count(), 0)

    def find_originals(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        connection.execute(
            f"create or replace temp table originals as "
            f"select {LINE_COLUMN}, {NO_OFFSET}, record "
            f"from {self._originals_of('bad_records', connection, scratch)}"
        )

    def _records(self) -> str:
        """SQL of each row's number, the text of its cells, and why it cannot be text."""
        texts = "".join(
            f", {text_of(name, self._types[name])} as {identifier(name)}" for name in self._read
        )
        problems = " ".join(
            f"when {condition} then {literal(reason)}"
            for name in self._read
            for condition, reason in malformed_cell(name, self._types[name])
        )
        reason = f"case {problems} end" if problems else "cast(null as varchar)"
        return (
            f"select {ROW_COLUMN} + 1 as {LINE_COLUMN}{texts}, "
            f"{reason} as {identifier(REASON_COLUMN)} from {self._file.rows}"
        )

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
            f"select {ROW_COLUMN} + 1 as {LINE_COLUMN}, encode({json_of(self._types)}) as record "
            f"from {self._file.rows} "
            f"where {ROW_COLUMN} + 1 in (select {LINE_COLUMN} from {_rows_of(asked)})",
            found,
        )
        return _rows_of(found)


def _rows_of(path: Path) -> str:
    """SQL of the rows of a file that was written here."""
    return f"read_parquet({literal(str(path))}, hive_partitioning = false)"
