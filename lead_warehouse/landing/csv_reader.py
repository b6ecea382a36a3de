"""CSV files as records: framed in Python, so that one bad line costs one line."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.blocks import read_blocks
from lead_warehouse.landing.bytestream import read_chunks
from lead_warehouse.landing.conservation import REPORT, CountedText, Coverage
from lead_warehouse.landing.framing import Framer
from lead_warehouse.landing.header import LINE_COLUMN, read_header
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.reader import Tally
from lead_warehouse.landing.sinks import Batch, SetAside, read_set_aside
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier, literal


class CsvReader:
    """The lines of a delimited file; a record's number is the line it starts on."""

    def __init__(self, one: Input, contract: Contract, path: Path):
        self.header = read_header(one, contract, read_chunks(path, one.encoding))
        self._one = one
        self._path = path
        self._batch: Batch | None = None

    def frame(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> Iterator[Tally]:
        text = CountedText(read_chunks(self._path, self._one.encoding))
        blocks = read_blocks(text)
        coverage = Coverage()
        framer = Framer(self._one.delimiter, self.header.width, coverage, self.header.line)
        is_over = False
        while not is_over:
            before = (coverage.end, coverage.lines + 1)
            with Batch(scratch) as self._batch:
                is_over = self._batch.fill(framer, blocks)
            self._read(connection, self._batch)
            counts = self._batch.counts
            extent = (
                f"bytes {before[0]:,}–{coverage.end:,} (lines {before[1]:,}–{coverage.lines:,})"
            )
            yield Tally(counts.records, counts.blank, extent)
        coverage.settle(text)

    def find_originals(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        bad = connection.execute(f"select {LINE_COLUMN} from bad_records").fetchall()
        found = scratch / "originals.csv"
        with found.open("w", encoding="utf-8", newline="") as originals:
            if bad and self._batch:
                self._batch.set_aside([line for (line,) in bad], SetAside(originals))
        connection.execute(
            f"create or replace temp table originals as "
            f"select {LINE_COLUMN}, byte_offset, unhex(record) as record "
            f"from {read_set_aside(str(found))}"
        )

    def _read(self, connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
        """Have the engine read a batch; rows come in the order in which they were framed."""
        names = list(enumerate(self.header.columns))
        kinds = ", ".join(f"'c{i}': 'varchar'" for i, _ in names)
        columns = ", ".join(f"c{i} as {identifier(name)}" for i, name in names)
        connection.register("record_lines", {LINE_COLUMN: batch.lines})
        try:
            connection.execute(
                f"""
                create or replace temp table framed as
                select {LINE_COLUMN}, {columns}
                from record_lines
                positional join (
                    select *, true as is_read
                    from read_csv(
                        {literal(str(batch.records))}, auto_detect = false, header = false,
                        columns = {{{kinds}}}, delim = {literal(self._one.delimiter)},
                        quote = '"', escape = '"', new_line = '\\n',
                        strict_mode = true, null_padding = false, nullstr = '', parallel = false
                    )
                )
                where is_read
                """
            )
        except duckdb.InvalidInputException as error:
            (line, *_) = str(error).splitlines()
            raise HeldFile(f"the engine does not read what was framed ({line}); {REPORT}") from None
        finally:
            connection.unregister("record_lines")
        connection.execute(
            f"create or replace temp table malformed as "
            f"select {LINE_COLUMN}, byte_offset, reason, unhex(record) as record "
            f"from {read_set_aside(str(batch.malformed_records))}"
        )
        for oversized in batch.oversized:
            connection.execute("insert into malformed values (?, ?, ?, ?)", list(oversized))
