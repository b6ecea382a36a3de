"""A text in blocks of whole physical lines, whatever its newlines are."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lead_warehouse.landing.held import HeldFile

MAX_LINE_BYTES = 1 << 26
"""A longer physical line holds its file: what never ends must not be gathered in memory."""

Places = NDArray[np.int64]

_RETURN, _FEED = 13, 10


class Block:
    """Consecutive physical lines of a text, with their newlines.

    Attributes:
        first_line: number of its first line, from 1.
        offset: byte of the text at which it starts.
    """

    def __init__(self, data: bytes, first_line: int, offset: int):
        self.data = data
        self.first_line = first_line
        self.offset = offset

    @cached_property
    def text(self) -> bytes:
        """The lines, each with a line feed at its end, the last of the file included."""
        text = self.data
        if not text:
            return text
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return text if text.endswith(b"\n") else text + b"\n"

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines without their newlines."""
        return self.text.split(b"\n")[:-1]

    @cached_property
    def starts(self) -> Places:
        """Where in the text each line starts, and behind the last one where the block ends."""
        data = np.frombuffer(self.data, np.uint8)
        is_end = data == _FEED
        if b"\r" in self.data:
            is_return = data == _RETURN
            is_return[:-1] &= data[1:] != _FEED
            is_end |= is_return
        starts = np.concatenate(([0], np.flatnonzero(is_end) + 1))
        if starts[-1] < len(data):
            starts = np.append(starts, len(data))
        return starts + self.offset

    @property
    def line_count(self) -> int:
        return len(self.starts) - 1

    @property
    def end(self) -> int:
        """Byte of the text at which what follows starts."""
        return self.offset + len(self.data)

    def below(self, index: int) -> "Block":
        """The block without its first ``index`` lines."""
        return self._part(index, self.line_count) if index else self

    def pieces(self, size: int) -> Iterator["Block"]:
        """The same lines in smaller blocks of about ``size`` bytes."""
        steps = np.arange(self.offset, self.end, size)
        cuts = [*np.unique(np.searchsorted(self.starts, steps)), self.line_count]
        for start, end in pairwise(cuts):
            if start < end:
                yield self._part(int(start), int(end))

    def _part(self, start: int, end: int) -> "Block":
        first, last = (int(self.starts[index]) - self.offset for index in (start, end))
        return Block(self.data[first:last], self.first_line + start, self.offset + first)


def read_blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    """Blocks of whole physical lines; a last line without a newline counts as a line.

    Raises:
        HeldFile: a line is longer than ``MAX_LINE_BYTES``.
    """
    waiting: list[bytes] = []
    line, offset = 1, 0
    for chunk in chunks:
        # A trailing \r may be half of \r\n, so it waits for the next chunk.
        is_half = bool(waiting) and waiting[-1].endswith(b"\r")
        data = waiting.pop() + chunk if is_half else chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, max(0, len(data) - 1)))
        if end >= 0:
            block = Block(b"".join([*waiting, data[: end + 1]]), line, offset)
            yield block
            line += block.line_count
            offset = block.end
            waiting = []
        waiting.append(data[end + 1 :])
        if sum(map(len, waiting)) > MAX_LINE_BYTES:
            raise HeldFile(
                f"line {line:,} is longer than {MAX_LINE_BYTES:,} bytes (from byte {offset:,} on); "
                "is it text with a record on each line?"
            )
    if rest := b"".join(waiting):
        yield Block(rest, line, offset)
