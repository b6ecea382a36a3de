"""Lines of a JSON file on their way: scanned, counted, and found again."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lead_warehouse.landing.framing import Block
from lead_warehouse.landing.json_scan import scan
from lead_warehouse.landing.json_shapes import Shape

LINES_AT_ONCE = 8192


@dataclass
class Part:
    """Consecutive lines of a file, scanned.

    Attributes:
        size: bytes of them.
        numbers, records, shapes: line number, rewritten record and shape of each that is not blank.
    """

    blank: int = 0
    size: int = 0
    blocks: list[Block] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    def add(self, block: Block) -> None:
        """Scan the lines of a block."""
        lines = block.lines
        kept = [i for i, line in enumerate(lines) if line.strip()]
        for start in range(0, len(kept), LINES_AT_ONCE):
            found = scan([lines[i] for i in kept[start : start + LINES_AT_ONCE]])
            self.shapes += found.shapes
            self.records += found.records
        self.numbers += [block.first_line + i for i in kept]
        self.blank += len(lines) - len(kept)
        self.size += len(block.data)
        self.blocks.append(block)

    def distinct_shapes(self) -> list[Shape]:
        return list({id(shape): shape for shape in self.shapes}.values())

    def place_of(self, number: int) -> tuple[int, bytes]:
        """Byte offset and bytes of a line."""
        block = self.blocks[bisect_right(self.blocks, number, key=lambda b: b.first_line) - 1]
        index = number - block.first_line
        return int(block.starts[index]), block.lines[index]


class CountedLines:
    """Chunks of a text on their way, its physical lines counted apart from what reads them."""

    def __init__(self, chunks: Iterable[bytes]):
        self._chunks = chunks
        self._newlines = 0
        self._last = b""

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._newlines += chunk.count(b"\n")
            if b"\r" in chunk:
                self._newlines += chunk.count(b"\r") - chunk.count(b"\r\n")
            if self._last == b"\r" and chunk.startswith(b"\n"):
                self._newlines -= 1
            self._last = chunk[-1:] or self._last
            yield chunk

    @property
    def lines(self) -> int:
        """Physical lines so far; what follows the last newline is one."""
        return self._newlines + (self._last not in (b"", b"\n", b"\r"))
