"""Nothing of a text is lost: its bytes and lines counted apart from the framer, and compared."""

from collections.abc import Iterable, Iterator

from lead_warehouse.landing.held import HeldFile

REPORT = "no row was taken, please report the file"


class CountedText:
    """Chunks of a text on their way to the framer, their bytes and physical lines counted.

    Attributes:
        size: bytes so far.
    """

    def __init__(self, chunks: Iterable[bytes]):
        self._chunks = chunks
        self._newlines = 0
        self._last = b""
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            if chunk:
                self._count(chunk)
            yield chunk

    @property
    def lines(self) -> int:
        """Physical lines so far; what follows the last newline is one."""
        return self._newlines + (self._last not in (b"", b"\n", b"\r"))

    def _count(self, chunk: bytes) -> None:
        self._newlines += chunk.count(b"\n")
        if b"\r" in chunk:
            self._newlines += chunk.count(b"\r") - chunk.count(b"\r\n")
        if self._last == b"\r" and chunk.startswith(b"\n"):
            self._newlines -= 1
        self._last = chunk[-1:]
        self.size += len(chunk)


class Coverage:
    """What header, records and blank lines cover of a text, as they come.

    Attributes:
        lines: physical lines covered.
        end: byte at which what is not yet covered starts.
    """

    def __init__(self) -> None:
        self.lines = 0
        self.end = 0

    def cover(self, line: int, line_count: int, start: int, end: int) -> None:
        """Take note of a stretch of ``line_count`` lines from ``line`` on, bytes start to end.

        Raises:
            HeldFile: it does not follow what was covered before it.
        """
        if (line, start) != (self.lines + 1, self.end) or end <= start or line_count < 1:
            raise HeldFile(
                f"bytes {min(self.end, start):,}–{max(self.end, start):,} "
                f"(lines {self.lines + 1:,}–{line:,}): "
                f"a record starts at byte {start:,}, line {line:,}, where byte {self.end:,}, "
                f"line {self.lines + 1:,} is next; {REPORT}"
            )
        self.lines += line_count
        self.end = end

    def settle(self, text: CountedText) -> None:
        """Compare with the text itself, at its end.

        Raises:
            HeldFile: bytes or lines of the text are in no record, or are counted otherwise.
        """
        if (self.lines, self.end) != (text.lines, text.size):
            raise HeldFile(
                f"bytes {min(self.end, text.size):,}–{max(self.end, text.size):,}: records and "
                f"blank lines cover {self.lines:,} lines and {self.end:,} bytes, the text has "
                f"{text.lines:,} lines and {text.size:,} bytes; {REPORT}"
            )
