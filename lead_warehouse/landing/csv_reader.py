"""CSV files as records: framed in Python, so that one bad line costs one line."""

from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.bytestream import read_chunks
from lead_warehouse.landing.framing import Counts, Framer, Sink, read_blocks
from lead_warehouse.landing.header import LINE_COLUMN, read_header
from lead_warehouse.landing.reader import Tally
from lead_warehouse.landing.sinks import (
    RecordsOnLines,
    SetAside,
    WellFormedRecords,
    read_set_aside,
)
from lead_warehouse.mapping import Input
from lead_warehouse.sql import literal


class CsvReader:
    """The lines of a delimited file; a record's number is the line it starts on."""

    def __init__(self, one: Input, contract: Contract, path: Path):
        self.header = read_header(one, contract, read_chunks(path, one.encoding))
        self._one = one
        self._path = path

    def frame(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> Tally:
        well_formed, set_aside = scratch / "records.csv", scratch / "malformed.csv"
        with (
            well_formed.open("wb") as records,
            set_aside.open("w", encoding="utf-8", newline="") as malformed,
        ):
            aside = SetAside(malformed)
            counts = self._frame_into(WellFormedRecords(records, aside, self._one.delimiter))
        columns = "".join(f", {literal(name)}: 'varchar'" for name in self.header.columns)
        connection.execute(
            f"""
            create or replace temp table framed as
            select * from read_csv(
                {literal(str(well_formed))}, auto_detect = false, header = false,
                columns = {{'{LINE_COLUMN}': 'bigint'{columns}}},
                delim = {literal(self._one.delimiter)}, quote = '"', escape = '"',
                strict_mode = true, null_padding = false, nullstr = ''
            )
            """
        )
        connection.execute(
            f"create or replace temp table malformed as "
            f"select {LINE_COLUMN}, byte_offset, reason, unhex(record) as record "
            f"from {read_set_aside(str(set_aside))}"
        )
        for oversized in aside.oversized:
            connection.execute("insert into malformed values (?, ?, ?, ?)", list(oversized))
        return Tally(counts.records, counts.blank)

    def find_originals(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        lines = connection.execute(f"select {LINE_COLUMN} from bad_records").fetchall()
        found = scratch / "originals.csv"
        with found.open("w", encoding="utf-8", newline="") as originals:
            if lines:
                self._frame_into(RecordsOnLines({line for (line,) in lines}, SetAside(originals)))
        connection.execute(
            f"create or replace temp table originals as "
            f"select {LINE_COLUMN}, byte_offset, unhex(record) as record "
            f"from {read_set_aside(str(found))}"
        )

    def _frame_into(self, sink: Sink) -> Counts:
        framer = Framer(self._one.delimiter, self.header.width, sink)
        chunks = read_chunks(self._path, self._one.encoding)
        return framer.frame(read_blocks(chunks), self.header.line)
