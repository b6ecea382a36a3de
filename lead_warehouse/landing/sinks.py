"""Where framed records go: to the engine, or into quarantine with their bytes."""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import numpy as np

from lead_warehouse.landing.blocks import Block, Places
from lead_warehouse.landing.bytestream import UTF8_BOM
from lead_warehouse.landing.framing import MAX_RECORD_BYTES, Counts, Framer
from lead_warehouse.landing.whole_blocks import WholeRecords
from lead_warehouse.sql import literal

BATCH_BYTES = 1 << 26
BATCH_RECORDS = 1 << 20
"""About what of a file is in the engine's hands at a time."""

QUARANTINE_COLUMNS = {
    "file_line": "bigint",
    "byte_offset": "bigint",
    "reason": "varchar",
    "record": "varchar",
}


Oversized = tuple[int, int, str, bytes]
"""Line, offset, reason and bytes of a record longer than any that is framed."""


class SetAside:
    """A file of records with their line, offset, reason and bytes (as hexadecimal digits).

    Attributes:
        oversized: records too long for a line of that file, kept here instead.
    """

    def __init__(self, target: TextIO):
        self._rows = csv.writer(target, lineterminator="\n")
        self.oversized: list[Oversized] = []

    def write(self, line: int, offset: int, record: bytes, reason: str) -> None:
        if len(record) > MAX_RECORD_BYTES:
            self.oversized.append((line, offset, reason, record))
        else:
            self._rows.writerow([line, offset, reason, record.hex()])


def read_set_aside(path: str) -> str:
    """SQL that reads a file written by ``SetAside``."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in QUARANTINE_COLUMNS.items())
    # A record in hexadecimal digits is twice as long as the longest record framed.
    return (
        f"read_csv({literal(path)}, auto_detect = false, header = false, "
        f"columns = {{{columns}}}, delim = ',', quote = '\"', max_line_size = 4194304)"
    )


class Batch:
    """Framed records on their way to the engine, and the malformed ones set aside.

    A context: what it wrote can be read once it is left.

    Attributes:
        records: file of the well-formed records, each ended by a line feed.
        malformed_records: file of the others; see ``read_set_aside``.
        size: bytes of that file.
        counts: its records of each kind.
        lines, offsets: line and byte of the text at which each well-formed record starts.
    """

    def __init__(self, folder: Path):
        self.records = folder / "records.csv"
        self.malformed_records = folder / "malformed.csv"
        self.size = 0
        self.lines: Places = np.array([], np.int64)
        self.offsets = self._ends = self.lines
        self.counts = Counts()
        self._malformed_size = 0
        self._found: list[tuple[Places, Places, Places]] = []
        self._single: list[tuple[int, int, int]] = []

    def __enter__(self) -> Self:
        self._target = self.records.open("wb")
        # The engine passes over a mark that a file starts with, so the text's own must be second.
        self.size = self._target.write(UTF8_BOM)
        self._set_aside = self.malformed_records.open("w", encoding="utf-8", newline="")
        self._malformed = SetAside(self._set_aside)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._target.close()
        self._set_aside.close()
        self._gather_single()
        if self._found:
            places = zip(*self._found, strict=True)
            self.lines, self.offsets, self._ends = map(np.concatenate, places)

    def fill(self, framer: Framer, blocks: Iterable[Block]) -> bool:
        """Frame blocks until there is enough for the engine; returns whether the text is over."""
        framer.send_to(self)
        self.counts = framer.counts
        for block in blocks:
            framer.take(block)
            if (
                self.size + self._malformed_size >= BATCH_BYTES
                or self.counts.records >= BATCH_RECORDS
            ):
                return False
        framer.finish()
        return True

    @property
    def oversized(self) -> list[Oversized]:
        """Malformed records too long for their file."""
        return self._malformed.oversized

    def accept(self, line: int, offset: int, record: bytes) -> None:
        self._target.write(record)
        self._target.write(b"\n")
        self._single.append((line, offset, self.size + len(record)))
        self.size += len(record) + 1

    def accept_whole(self, block: Block, found: WholeRecords) -> None:
        self._gather_single()
        self._target.write(memoryview(block.text)[: found.size])
        lines = found.first_lines
        self._found.append((block.first_line + lines, block.starts[lines], self.size + found.ends))
        self.size += found.size

    def malformed(self, line: int, offset: int, record: bytes, reason: str) -> None:
        self._malformed.write(line, offset, record, reason)
        self._malformed_size += len(record)

    def set_aside(self, lines: list[int], found: SetAside) -> None:
        """Set aside the well-formed records that start on some lines."""
        text = self.records.read_bytes()
        for index in np.searchsorted(self.lines, lines):
            start = int(self._ends[index - 1]) + 1 if index else len(UTF8_BOM)
            record = text[start : int(self._ends[index])]
            found.write(int(self.lines[index]), int(self.offsets[index]), record, "")

    def _gather_single(self) -> None:
        if self._single:
            lines, offsets, ends = np.array(self._single, np.int64).T
            self._found.append((lines, offsets, ends))
            self._single = []
