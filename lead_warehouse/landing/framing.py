"""Cut a delimited file into records, so that one bad line costs one line.

The rules are RFC 4180's, with one addition: where the quotes of a record do not add up, only the
physical line it starts on is malformed and reading resumes at the next line. DuckDB's own reject
options lose rows around a stray quote, so files are framed here and DuckDB reads only records
known to be well formed.
"""

import re
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from lead_warehouse.landing.blocks import Block
from lead_warehouse.landing.conservation import Coverage
from lead_warehouse.landing.whole_blocks import WholeRecords, find_whole_records, is_utf8

MAX_RECORD_BYTES = 1 << 20
"""A longer record is malformed; it bounds how far a quote that never closes is followed."""

LINES_TOGETHER = 1 << 14
"""Bytes of a block that are read line by line when not all of it is well formed."""


class Sink(Protocol):
    """Where records go. ``offset`` is the byte offset in the unpacked UTF-8 text."""

    def accept(self, line: int, offset: int, record: bytes) -> None: ...

    def accept_whole(self, block: Block, found: WholeRecords) -> None:
        """Records at the start of ``block``."""

    def malformed(self, line: int, offset: int, record: bytes, reason: str) -> None: ...


@dataclass
class Counts:
    """Framed records of a file: ``accepted + malformed + blank``; the header is none of them."""

    accepted: int = 0
    malformed: int = 0
    blank: int = 0

    @property
    def records(self) -> int:
        return self.accepted + self.malformed + self.blank


class _Line(NamedTuple):
    number: int
    offset: int
    end: int
    raw: bytes


def _line(block: Block, index: int) -> _Line:
    start, end = int(block.starts[index]), int(block.starts[index + 1])
    return _Line(block.first_line + index, start, end, block.lines[index])


class Framer:
    """Frames the lines after the header into records of ``width`` columns.

    Args:
        coverage: is told, in order, what part of the text each record or blank line is.
        header_line: line of the header, which is no record, nor is anything above it.
    """

    def __init__(
        self,
        delimiter: str,
        width: int,
        coverage: Coverage,
        header_line: int = 0,
    ):
        self.width = width
        self.counts = Counts()
        self._sink: Sink
        self._cover = coverage.cover
        self._header_line = header_line
        self._delimiter_text = delimiter
        self._delimiter = delimiter.encode()
        self._open: list[_Line] = []
        self._open_bytes = 0
        comma = re.escape(self._delimiter)
        quoted = rb'"[^"]*+(?:""[^"]*+)*+"'
        field = rb"(?:" + quoted + rb'|[^"' + comma + rb"]*+)"
        unclosed = rb'"[^"]*+(?:""[^"]*+)*+'
        closing = rb'[^"]*+(?:""[^"]*+)*+"'
        more = rb"(?:" + comma + field + rb")*+"
        self._quoted = re.compile(quoted)
        self._whole = re.compile(field + more)
        self._opens = re.compile(rb"(?:" + field + comma + rb")*" + unclosed)
        self._closes = re.compile(closing + more)
        self._stays_open = re.compile(rb'[^"]*+(?:""[^"]*+)*+')
        self._reopens = re.compile(closing + rb"(?:" + comma + field + rb")*" + comma + unclosed)

    def send_to(self, sink: Sink) -> None:
        """Send what is framed from here on to a sink, and count anew."""
        self._sink, self.counts = sink, Counts()

    def take(self, block: Block) -> None:
        """Frame the next lines; a record whose quote stays open waits for those that follow."""
        if self._header_line >= block.first_line:
            count = min(self._header_line + 1 - block.first_line, block.line_count)
            self._cover(block.first_line, count, block.offset, int(block.starts[count]))
            if count == block.line_count:
                return
            block = block.below(count)
        self._take_whole(block)

    def finish(self) -> None:
        """The text is over: a quote still open never closes."""
        while self._open:
            self._take(*self._give_up("a quoted value is never closed"))

    def _take_whole(self, block: Block, *, is_piece: bool = False) -> None:
        """Take at once what needs no closer look, and of the rest small pieces line by line."""
        if self._open:
            block = block.below(self._take_until_closed(block))
        found = find_whole_records(block.text, self._delimiter_text, self.width, MAX_RECORD_BYTES)
        if found and len(found.ends) and not self._is_any_ambiguous(block, found):
            taken = int(found.last_lines[-1]) + 1
            self._sink.accept_whole(block, found)
            self.counts.accepted += len(found.ends)
            self._cover(block.first_line, taken, block.offset, int(block.starts[taken]))
            block = block.below(taken)
        if is_piece or len(block.data) <= LINES_TOGETHER:
            for index in range(block.line_count):
                self._take(_line(block, index))
        else:
            for piece in block.pieces(LINES_TOGETHER):
                self._take_whole(piece, is_piece=True)

    def _take_until_closed(self, block: Block) -> int:
        """Take lines until no quote is open; returns how many."""
        for index in range(block.line_count):
            self._take(_line(block, index))
            if not self._open:
                return index + 1
        return block.line_count

    def _is_any_ambiguous(self, block: Block, found: WholeRecords) -> bool:
        """Whether a record holds lines that look like records; see ``_close_open``."""
        if self.width <= 2 or found.last_lines is found.first_lines:
            return False
        for index in np.flatnonzero(found.last_lines - found.first_lines >= 2):
            within = range(int(found.first_lines[index]) + 1, int(found.last_lines[index]))
            if all(self._is_record(block.lines[line]) for line in within):
                return True
        return False

    def _take(self, *lines: _Line) -> None:
        """Read lines in order; those of a record that came to nothing are read again."""
        waiting = deque(lines)
        while waiting:
            read = self._continue if self._open else self._start
            waiting.extendleft(reversed(read(waiting.popleft())))

    def _start(self, line: _Line) -> list[_Line]:
        raw = line.raw
        if not raw.strip():
            self.counts.blank += 1
            self._cover(line.number, 1, line.offset, line.end)
        elif problem := _unreadable(raw, len(raw)):
            self._reject([line], raw, problem)
        elif b'"' not in raw or self._whole.fullmatch(raw):
            self._close([line], raw)
        elif self._opens.fullmatch(raw):
            self._open, self._open_bytes = [line], len(raw)
        else:
            self._reject([line], raw, "a stray quote")
        return []

    def _continue(self, line: _Line) -> list[_Line]:
        """A further line of a record whose quote is still open."""
        self._open.append(line)
        self._open_bytes += len(line.raw) + 1
        if problem := _unreadable(line.raw, self._open_bytes):
            return self._give_up(f"a quoted value runs on into unreadable text: {problem}")
        if self._closes.fullmatch(line.raw):
            return self._close_open()
        if self._stays_open.fullmatch(line.raw) or self._reopens.fullmatch(line.raw):
            return []
        return self._give_up("a stray quote: the quoted value does not end before a delimiter")

    def _close_open(self) -> list[_Line]:
        lines = self._open
        following = [line.raw for line in lines[1:]]
        record = b"\n".join([lines[0].raw, *following])
        if self._width_of(record) != self.width:
            if any(map(self._is_record, following)):
                return self._give_up("a stray quote: records follow inside the quoted value")
        elif self.width > 2 and following[1:] and all(map(self._is_record, following[:-1])):
            # Legal, yet just what two stray quotes look like: set aside whole, to be judged.
            self._open = []
            self._reject(lines, record, "a quoted value holds lines that look like records")
            return []
        self._open = []
        self._close(lines, record)
        return []

    def _close(self, lines: list[_Line], record: bytes) -> None:
        width = self._width_of(record)
        if width == self.width:
            self._sink.accept(lines[0].number, lines[0].offset, record)
            self.counts.accepted += 1
            self._cover(lines[0].number, len(lines), lines[0].offset, lines[-1].end)
        else:
            few_or_many = "few" if width < self.width else "many"
            self._reject(lines, record, f"too {few_or_many} columns: {width}, not {self.width}")

    def _give_up(self, reason: str) -> list[_Line]:
        """The open record is none: its first line is malformed, the others are read again."""
        (start, *following), self._open = self._open, []
        self._reject([start], start.raw, reason)
        return following

    def _reject(self, lines: list[_Line], record: bytes, reason: str) -> None:
        self._sink.malformed(lines[0].number, lines[0].offset, record, reason)
        self.counts.malformed += 1
        self._cover(lines[0].number, len(lines), lines[0].offset, lines[-1].end)

    def _width_of(self, record: bytes) -> int:
        plain = self._quoted.sub(b"", record) if b'"' in record else record
        return plain.count(self._delimiter) + 1

    def _is_record(self, raw: bytes) -> bool:
        return self._whole.fullmatch(raw) is not None and self._width_of(raw) == self.width


def _unreadable(raw: bytes, length: int) -> str | None:
    if length > MAX_RECORD_BYTES:
        return f"longer than {MAX_RECORD_BYTES:,} bytes"
    if b"\0" in raw:
        return "a NUL byte"
    return None if is_utf8(raw) else "not UTF-8"
