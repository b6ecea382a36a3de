"""Lines of a JSON file on their way: scanned and found again."""

from bisect import bisect_right
from dataclasses import dataclass, field

from lead_warehouse.landing.blocks import Block
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

    @property
    def extent(self) -> str:
        """Which part it is, for people."""
        first, last = self.blocks[0], self.blocks[-1]
        return (
            f"bytes {first.offset:,}–{last.end:,} "
            f"(lines {first.first_line:,}–{last.first_line + last.line_count - 1:,})"
        )

    def distinct_shapes(self) -> list[Shape]:
        return list({id(shape): shape for shape in self.shapes}.values())

    def place_of(self, number: int) -> tuple[int, bytes]:
        """Byte offset and bytes of a line."""
        block = self.blocks[bisect_right(self.blocks, number, key=lambda b: b.first_line) - 1]
        index = number - block.first_line
        return int(block.starts[index]), block.lines[index]
