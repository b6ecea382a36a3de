"""Where framed records go: to the engine, or into quarantine with their bytes."""

import csv
from typing import BinaryIO, TextIO

from lead_warehouse.landing.framing import MAX_RECORD_BYTES, Block
from lead_warehouse.sql import literal

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


class WellFormedRecords:
    """Well-formed records, each behind its line number, and the malformed ones set aside."""

    def __init__(self, records: BinaryIO, malformed: SetAside, delimiter: str):
        self._records = records
        self._malformed = malformed
        self._delimiter = delimiter.encode()

    def accept(self, line: int, offset: int, record: bytes) -> None:
        self._records.write(b"%d%b%b\n" % (line, self._delimiter, record))

    def accept_lines(self, block: Block, start: int) -> None:
        delimiter, first = self._delimiter, block.first_line + start
        lines = enumerate(block.lines[start:], first)
        self._records.write(b"".join([b"%d%b%b\n" % (n, delimiter, raw) for n, raw in lines]))

    def malformed(self, line: int, offset: int, record: bytes, reason: str) -> None:
        self._malformed.write(line, offset, record, reason)


class RecordsOnLines:
    """The records that start on some lines; all others pass by."""

    def __init__(self, lines: set[int], found: SetAside):
        self._lines = lines
        self._found = found

    def accept(self, line: int, offset: int, record: bytes) -> None:
        if line in self._lines:
            self._found.write(line, offset, record, "")

    def accept_lines(self, block: Block, start: int) -> None:
        for index in range(start, len(block.lines)):
            line = block.first_line + index
            if line in self._lines:
                self._found.write(line, block.starts[index], block.lines[index], "")

    def malformed(self, line: int, offset: int, record: bytes, reason: str) -> None:
        pass
