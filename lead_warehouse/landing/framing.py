"""Cut a delimited file into records, so that one bad line costs one line.

The rules are RFC 4180's, with one addition: where the quotes of a record do not add up, only the
physical line it starts on is malformed and reading resumes at the next line. DuckDB's own reject
options lose rows around a stray quote, so files are framed here and DuckDB reads only records
known to be well formed.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

MAX_RECORD_BYTES = 1 << 20
"""A longer record is malformed; it bounds how far a quote that never closes is followed."""

_NEWLINE = re.compile(rb"\r\n|\n|\r")


class Sink(Protocol):
    """Where records go. ``offset`` is the byte offset in the unpacked UTF-8 text."""

    def accept(self, line: int, offset: int, record: bytes) -> None: ...

    def accept_lines(self, block: "Block", start: int) -> None:
        """The lines of ``block`` from index ``start`` on, each a record."""

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


class Block:
    """Consecutive physical lines of a file, without their newlines."""

    def __init__(self, data: bytes, first_line: int, offset: int):
        self.data = data
        self.first_line = first_line
        self.offset = offset
        has_returns = b"\r" in data
        self.lines = _NEWLINE.split(data) if has_returns else data.split(b"\n")

    @cached_property
    def starts(self) -> list[int]:
        """Offset of each line in the text; computed only for the lines that need it."""
        return [self.offset, *(self.offset + m.end() for m in _NEWLINE.finditer(self.data))]


def read_blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    """Blocks of whole physical lines; a last line without a newline counts as a line."""
    rest, line, offset = b"", 1, 0
    for chunk in chunks:
        data = rest + chunk
        # A trailing \r may be half of \r\n, so it waits for the next chunk.
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1))
        if end < 0:
            rest = data
            continue
        block = Block(data[: _line_end(data, end)], line, offset)
        yield block
        line += len(block.lines)
        rest = data[end + 1 :]
        offset += end + 1
    if rest:
        yield Block(rest[: _line_end(rest, len(rest) - 1)], line, offset)


def _line_end(data: bytes, last: int) -> int:
    """Where the line ends whose newline ends at ``last``; past the data if there is none."""
    if data[last : last + 1] not in (b"\n", b"\r"):
        return last + 1
    return last - 1 if data[last - 1 : last + 1] == b"\r\n" else last


class _Line(NamedTuple):
    number: int
    offset: int
    raw: bytes


class Framer:
    """Frames the lines after the header into records of ``width`` columns."""

    def __init__(self, delimiter: str, width: int, sink: Sink):
        self.width = width
        self.sink = sink
        self.counts = Counts()
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

    def frame(self, blocks: Iterable[Block], after_line: int) -> Counts:
        """Send every record below the header, which ends at ``after_line``, to the sink.

        Returns:
            how many records of each kind there were.
        """
        for block in blocks:
            start = max(0, after_line + 1 - block.first_line)
            if self._open or not self._frame_plain(block, start):
                for index in range(start, len(block.lines)):
                    line = block.first_line + index
                    self._take(_Line(line, block.starts[index], block.lines[index]))
        while self._open:
            self._take(*self._give_up("a quoted value is never closed"))
        return self.counts

    def _frame_plain(self, block: Block, start: int) -> bool:
        """Take the whole block at once when no line of it needs a closer look."""
        data, lines = block.data, block.lines[start:] if start else block.lines
        if b'"' in data or b"\0" in data or not _is_utf8(data):
            return False
        delimiter, expected = self._delimiter, self.width - 1
        if any(line.count(delimiter) != expected for line in lines):
            return False
        if len(data) > MAX_RECORD_BYTES and max(map(len, lines), default=0) > MAX_RECORD_BYTES:
            return False
        if any(not line or line.isspace() for line in lines):
            return False
        self.sink.accept_lines(block, start)
        self.counts.accepted += len(lines)
        return True

    def _take(self, *lines: "_Line") -> None:
        """Read lines in order; those of a record that came to nothing are read again."""
        waiting = deque(lines)
        while waiting:
            read = self._continue if self._open else self._start
            waiting.extendleft(reversed(read(waiting.popleft())))

    def _start(self, line: "_Line") -> list["_Line"]:
        raw = line.raw
        if not raw.strip():
            self.counts.blank += 1
        elif problem := _unreadable(raw, len(raw)):
            self._reject(line, raw, problem)
        elif b'"' not in raw or self._whole.fullmatch(raw):
            self._close(line, raw)
        elif self._opens.fullmatch(raw):
            self._open, self._open_bytes = [line], len(raw)
        else:
            self._reject(line, raw, "a stray quote")
        return []

    def _continue(self, line: "_Line") -> list["_Line"]:
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

    def _close_open(self) -> list["_Line"]:
        start, *following = self._open
        record = b"\n".join(line.raw for line in self._open)
        if self._width_of(record) != self.width:
            if any(map(self._is_record, following)):
                return self._give_up("a stray quote: records follow inside the quoted value")
        elif self.width > 2 and following[1:] and all(map(self._is_record, following[:-1])):
            # Legal, yet just what two stray quotes look like: set aside whole, to be judged.
            self._open = []
            self._reject(start, record, "a quoted value holds lines that look like records")
            return []
        self._open = []
        self._close(start, record)
        return []

    def _close(self, start: "_Line", record: bytes) -> None:
        width = self._width_of(record)
        if width == self.width:
            self.sink.accept(start.number, start.offset, record)
            self.counts.accepted += 1
        else:
            few_or_many = "few" if width < self.width else "many"
            self._reject(start, record, f"too {few_or_many} columns: {width}, not {self.width}")

    def _give_up(self, reason: str) -> list["_Line"]:
        """The open record is none: its first line is malformed, the others are read again."""
        (start, *following), self._open = self._open, []
        self._reject(start, start.raw, reason)
        return following

    def _reject(self, start: "_Line", record: bytes, reason: str) -> None:
        self.sink.malformed(start.number, start.offset, record, reason)
        self.counts.malformed += 1

    def _width_of(self, record: bytes) -> int:
        plain = self._quoted.sub(b"", record) if b'"' in record else record
        return plain.count(self._delimiter) + 1

    def _is_record(self, line: "_Line") -> bool:
        whole = self._whole.fullmatch(line.raw) is not None
        return whole and self._width_of(line.raw) == self.width


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unreadable(raw: bytes, length: int) -> str | None:
    if length > MAX_RECORD_BYTES:
        return f"longer than {MAX_RECORD_BYTES:,} bytes"
    if b"\0" in raw:
        return "a NUL byte"
    return None if _is_utf8(raw) else "not UTF-8"
