"""JSON lines as records: one object on each line, its values read as text by their keys."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.blocks import read_blocks
from lead_warehouse.landing.bytestream import read_chunks
from lead_warehouse.landing.conservation import REPORT, CountedText
from lead_warehouse.landing.header import (
    LINE_COLUMN,
    Header,
    fit_header,
    list_columns,
    read_columns,
)
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.json_columns import JsonColumns, clash_of, problem_of
from lead_warehouse.landing.json_lines import Part
from lead_warehouse.landing.reader import Tally
from lead_warehouse.landing.sinks import SetAside, read_set_aside
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier, literal

PART_BYTES = 1 << 26
"""About what of a file is in the engine's hands at a time."""

MAX_OBJECT_BYTES = 1 << 24
NAMES_TOLD = 500
"""A file in which values stand as keys may have as many names as records."""


class JsonReader:
    """The lines of a file of JSON objects; a record's number is its line.

    Attributes:
        header: keys that records of the file have, those of inner objects behind a point. Keys
            that nobody maps are told as far as they were met: all of them once it was framed.
    """

    def __init__(self, one: Input, contract: Contract, path: Path):
        self._one = one
        self._path = path
        self._read = read_columns(one, contract)
        self._lists = list_columns(one, contract)
        self._names: dict[str, None] = {}
        self._part = Part()
        if clash := clash_of(self._read):
            raise HeldFile(clash)
        records = objects = 0
        # Nearly always the first lines have every key that the mapping reads.
        for part in self._parts(0):
            records += len(part.shapes)
            objects += sum(shape.problem is None for shape in part.shapes)
            self._meet(part)
            if self._read <= self._names.keys():
                break
        if not records:
            self.header = Header(0, tuple(sorted(self._read)), (), ())
            return
        if not objects:
            raise HeldFile("no line of it is a JSON object; write one on each line")
        found = tuple(name for name in self._names if name in self._read)
        fitting = fit_header(one, contract, (*found, *self._candidates(found)))
        self.header = Header(0, found, self._unmapped(), fitting.missing)

    def frame(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> Iterator[Tally]:
        is_any = False
        for part in self._parts(PART_BYTES):
            is_any = True
            self._part = part
            self._meet(part)
            self._frame(part, connection, scratch)
            yield Tally(len(part.shapes) + part.blank, part.blank, part.extent)
        if not is_any:
            self._frame(Part(), connection, scratch)
            yield Tally(0, 0)
        self.header = Header(0, self.header.columns, self._unmapped(), self.header.missing)

    def find_originals(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        numbers = connection.execute(f"select {LINE_COLUMN} from bad_records").fetchall()
        self._set_aside(((number, "") for (number,) in numbers), "originals", connection, scratch)

    def _parts(self, size: int) -> Iterator[Part]:
        """The file in parts of about ``size`` bytes.

        Raises:
            HeldFile: lines got lost on the way.
        """
        text = CountedText(read_chunks(self._path, self._one.encoding))
        part, lines, end = Part(), 0, 0
        for block in read_blocks(text):
            part.add(block)
            lines, end = block.first_line + len(block.lines) - 1, block.end
            if part.size >= size:
                yield part
                part = Part()
        if part.blocks:
            yield part
        if (lines, end) != (text.lines, text.size):
            raise HeldFile(
                f"{text.lines:,} lines and {text.size:,} bytes, but {lines:,} lines and "
                f"{end:,} bytes read; {REPORT}"
            )

    def _frame(self, part: Part, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        columns = JsonColumns()
        told: dict[int, str | None] = {}
        for shape in part.distinct_shapes():
            told[id(shape)] = problem_of(shape, self._read, self._lists)
            if told[id(shape)] is None:
                columns.meet(shape, self._read)
        problems = [told[id(shape)] for shape in part.shapes]
        read = self._write(part, problems, columns, scratch)
        connection.execute(f"create or replace temp table framed as {self._select(columns, read)}")
        bad = [(n, why) for n, why in zip(part.numbers, problems, strict=True) if why]
        reason = identifier(self._reason)
        bad += connection.execute(
            f"select {LINE_COLUMN}, {reason} from framed where {reason} is not null"
        ).fetchall()
        connection.execute(f"delete from framed where {reason} is not null")
        connection.execute(f"alter table framed drop column {reason}")
        self._set_aside(bad, "malformed", connection, scratch)

    def _write(
        self, part: Part, problems: list[str | None], columns: JsonColumns, scratch: Path
    ) -> tuple[Path, str]:
        """Write well-formed records, each with its line; returns the file and the line's key."""
        key = columns.free_key("line")
        target = scratch / "records.jsonl"
        start = f'{{"{key}":'.encode()
        with target.open("wb") as records:
            for number, record, shape, problem in zip(
                part.numbers, part.records, part.shapes, problems, strict=True
            ):
                if problem is None:
                    inner = record[record.index(b"{") + 1 :]
                    comma = b"," if shape.contents else b""
                    records.write(b"%b%d%b%b\n" % (start, number, comma, inner))
        return target, key

    def _select(self, columns: JsonColumns, read: tuple[Path, str]) -> str:
        """SQL of the records written: line, text of each column, and what is wrong."""
        path, key = read
        texts = "".join(
            f", {columns.text_of(name)} as {identifier(name)}" for name in self.header.columns
        )
        cases = " ".join(f"when {test} then {literal(why)}" for test, why in columns.problems())
        reason = f"case {cases} end" if cases else "cast(null as varchar)"
        return (
            f"select {identifier(key)} as {LINE_COLUMN}{texts}, "
            f"{reason} as {identifier(self._reason)} "
            f"from read_json({literal(str(path))}, format = 'newline_delimited', "
            f"auto_detect = false, columns = {{{columns.types(key)}}}, "
            f"compression = 'uncompressed', hive_partitioning = false, "
            f"maximum_object_size = {MAX_OBJECT_BYTES})"
        )

    def _set_aside(
        self,
        lines: Iterable[tuple[int, str]],
        table: str,
        connection: duckdb.DuckDBPyConnection,
        scratch: Path,
    ) -> None:
        """Make a table of lines of the part: number, offset, reason and bytes."""
        path = scratch / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            aside = SetAside(target)
            for number, reason in lines:
                offset, line = self._part.place_of(number)
                aside.write(number, offset, line, reason)
        connection.execute(
            f"create or replace temp table {table} as "
            f"select {LINE_COLUMN}, byte_offset, reason, unhex(record) as record "
            f"from {read_set_aside(str(path))}"
        )
        for oversized in aside.oversized:
            connection.execute(f"insert into {table} values (?, ?, ?, ?)", list(oversized))

    def _meet(self, part: Part) -> None:
        """Take note of the names of values; of those that nobody reads, the first."""
        for shape in part.distinct_shapes():
            for name in shape.names:
                if name in self._read or len(self._names) < NAMES_TOLD:
                    self._names[name] = None

    @property
    def _reason(self) -> str:
        """Name of a column beside those that are read."""
        return "reason of " + max(self._read, key=len, default="")

    def _unmapped(self) -> tuple[str, ...]:
        known = self._read | set(self._one.ignore_columns)
        # What is null here may be an object there, and its keys are told.
        above = {name[:at] for name in (*self._names, *known) for at in _points(name)}
        return tuple(name for name in self._names if name not in known | above)

    def _candidates(self, found: tuple[str, ...]) -> list[str]:
        """Names that a missing one may have become; of those that differ in case, the first."""
        folded = {name.casefold(): name for name in reversed(self._names)}
        mapped = {name.casefold() for name in found}
        return [name for key, name in folded.items() if key not in mapped and key != LINE_COLUMN]


def _points(name: str) -> list[int]:
    return [at for at, mark in enumerate(name) if mark == "."]
