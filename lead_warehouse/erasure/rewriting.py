"""Delivered files without the records of some persons; all other records keep their number.

Of a text, the lines of such a record stay as blank ones. A word that tells a person in a record of
something else, a deal for example, is taken out of it and the record stays.
"""

import gzip
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import duckdb
import numpy as np

from lead_warehouse.contract import Contract
from lead_warehouse.erasure.persons import REFERENCES, person_columns
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.blocks import Block, read_blocks
from lead_warehouse.landing.bytestream import GZIP_MAGIC, read_chunks
from lead_warehouse.landing.conservation import Coverage
from lead_warehouse.landing.formats import PARQUET_MAGIC
from lead_warehouse.landing.framing import Framer
from lead_warehouse.landing.header import read_header
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.whole_blocks import WholeRecords
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier, literal
from lead_warehouse.state.erasures import Rewritten

LEFT = r"(?<![\w.+-])"
RIGHT = r"(?![\w-])"
_DECODES_ALL = "latin-1"
"""Reads any bytes, so that words written in letters of ASCII are found whatever the encoding."""


@dataclass(frozen=True)
class Wanted:
    """What goes from a file.

    Attributes:
        subjects: lines of the persons' records, as they landed.
        words: patterns of what tells a person; see ``Persons.words``.
        is_landed: whether the file's records are known, so that what is none is malformed.
        quarantined: lines of its records in quarantine.
    """

    subjects: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    is_landed: bool = False
    quarantined: frozenset[int] = frozenset()

    @property
    def pattern(self) -> re.Pattern[bytes] | None:
        if not self.words:
            return None
        body = "|".join(self.words)
        return re.compile(f"{LEFT}(?:{body})(?![\\w-])".encode(), re.IGNORECASE)


@dataclass
class _Lines:
    """Physical lines to blank or to take words out of."""

    blank: dict[int, int] = field(default_factory=dict)
    mended: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.blank or self.mended)


class Rewriter:
    """Rewrites files of the archive."""

    def __init__(self, archive: Archive, contract: Contract) -> None:
        self._archive = archive
        self._contract = contract

    def rewrite(
        self, one: Input | None, digest: str, wanted: Wanted, renamed: dict[str, str]
    ) -> Rewritten | None:
        """Write the file of a digest anew; the old one stays until the new one is noted.

        Args:
            one: the input whose file it is; none where no mapping knows it, and then every line
                with a word that tells a person goes.
            renamed: digests of snapshots that it may name, to those in their place.

        Returns:
            none where nothing of it had to go.
        """
        path = self._archive.path(digest)
        target = self._archive.folder / f".partial-{os.getpid()}"
        try:
            counts: tuple[int, int] | tuple[int, int, tuple[int, ...]] | None
            if _starts_with(path, PARQUET_MAGIC):
                counts = self._rewrite_rows(one, path, target, wanted, renamed)
            else:
                counts = self._rewrite_text(one, path, target, wanted)
            if counts is None:
                return None
            status = path.stat()
            os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
            with target.open("rb") as file:
                new = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            kept = self._archive.path(new)
            kept.parent.mkdir(exist_ok=True)
            target.chmod(0o444)
            os.replace(target, kept)
            return Rewritten(new, *counts)
        finally:
            target.unlink(missing_ok=True)

    def _rewrite_text(
        self, one: Input | None, path: Path, target: Path, wanted: Wanted
    ) -> tuple[int, int] | None:
        encoding = one.encoding if one else _encoding_of(path)
        try:
            lines = self._lines_of(one, path, encoding, wanted)
        except HeldFile:
            lines = _matching_lines(path, _DECODES_ALL, wanted)
            encoding = _DECODES_ALL
        if not lines:
            return None
        blank = {line + more for line, count in lines.blank.items() for more in range(count)}
        pattern = wanted.pattern
        with _open_like(path, target) as writer:
            is_first = True
            for block in read_blocks(read_chunks(path, encoding)):
                for number, line in enumerate(_physical(block), block.first_line):
                    text = line
                    if number in blank:
                        text = line[len(line.rstrip(b"\r\n")) :]
                    elif number in lines.mended and pattern:
                        text = pattern.sub(_in_place, line)
                    writer.write(_encoded(text, encoding, is_first))
                    is_first = False
        return len(lines.blank), len(blank)

    def _lines_of(self, one: Input | None, path: Path, encoding: str, wanted: Wanted) -> _Lines:
        if one is None:
            return _matching_lines(path, encoding, wanted)
        if one.form == "json":
            return _json_lines(path, encoding, wanted)
        header = read_header(one, self._contract, read_chunks(path, encoding))
        found = _Finder(wanted)
        framer = Framer(one.delimiter, header.width, Coverage(), header.line)
        framer.send_to(found)
        for block in read_blocks(read_chunks(path, encoding)):
            framer.take(block)
        framer.finish()
        return found.lines

    def _rewrite_rows(
        self,
        one: Input | None,
        path: Path,
        target: Path,
        wanted: Wanted,
        renamed: dict[str, str],
    ) -> tuple[int, int, tuple[int, ...]] | None:
        """Rows of Parquet go, and those behind them move up."""
        source = (
            f"read_parquet({literal(str(path))}, hive_partitioning = false, "
            "file_row_number = true, binary_as_string = false)"
        )
        with duckdb.connect() as engine:
            described = engine.execute(f"describe select * from {source}").fetchall()
            texts = [
                name
                for name, kind, *_ in described
                if "VARCHAR" in kind and name != "file_row_number"
            ]
            word = row_pattern(wanted.words)
            matches = {
                name: f"coalesce(regexp_matches(cast({identifier(name)} as varchar), "
                f"{literal(word)}, 'i'), false)"
                for name in texts
                if word
            }
            told = " or ".join(matches.values()) or "false"
            number = "file_row_number + 1"
            goes = f"list_contains({sorted(wanted.subjects)}::bigint[], {number})"
            if self._is_personal(one):
                goes = f"({goes} or {told})"
            keys = engine.execute(
                f"select decode(key), decode(value) from parquet_kv_metadata({literal(str(path))})"
            )
            said: dict[str, str] = dict(keys.fetchall())
            renames = {key: renamed[value] for key, value in said.items() if value in renamed}
            ((gone, mended),) = engine.execute(
                f"select count(*) filter ({goes}), count(*) filter (not {goes} and ({told})) "
                f"from {source}"
            ).fetchall()
            if not gone and not mended and not renames:
                return None
            replaced = [
                f"case when {matches[name]} then null else {identifier(name)} end "
                f"as {identifier(name)}"
                for name in texts
                if name in matches
            ]
            star = f"* exclude (file_row_number) replace ({', '.join(replaced)})"
            columns = star if replaced else "* exclude (file_row_number)"
            pairs = ", ".join(f"{key}: {literal(v)}" for key, v in (said | renames).items())
            extra = f", kv_metadata {{{pairs}}}" if pairs else ""
            rows = engine.execute(f"select {number} from {source} where {goes} order by 1")
            moved_up = tuple(row for (row,) in rows.fetchall())
            engine.execute("set threads = 1")
            engine.execute(
                f"copy (select {columns} from {source} where not {goes}) "
                f"to {literal(str(target))} (format parquet{extra})"
            )
        return (len(wanted.subjects) if one and one.form == "table" else int(gone)), 0, moved_up

    def _is_personal(self, one: Input | None) -> bool:
        """Whether the rows of an input are records of persons."""
        if one is None:
            return True
        personal = {table for table, *_ in person_columns(self._contract)} - REFERENCES
        return any(mapped.table in personal for mapped in one.tables)


class _Finder:
    """A sink of framed records that takes note of the lines that go."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._pattern = wanted.pattern
        self._subjects = np.array(sorted(wanted.subjects), np.int64)
        self.lines = _Lines()

    def accept(self, line: int, offset: int, record: bytes) -> None:
        self._judge(line, record.count(b"\n") + 1, record)

    def accept_whole(self, block: Block, found: WholeRecords) -> None:
        first = block.first_line + found.first_lines
        is_wanted = np.isin(first, self._subjects)
        text = block.text[: found.size]
        if self._pattern and (matches := [m.start() for m in self._pattern.finditer(text)]):
            is_wanted[np.searchsorted(found.ends, matches)] = True
        starts = found.starts
        for index in np.flatnonzero(is_wanted):
            count = int(found.last_lines[index] - found.first_lines[index]) + 1
            record = text[int(starts[index]) : int(found.ends[index])]
            self._judge(int(first[index]), count, record)

    def malformed(self, line: int, offset: int, record: bytes, reason: str) -> None:
        self._judge(line, record.count(b"\n") + 1, record, is_malformed=True)

    def _judge(self, line: int, count: int, record: bytes, is_malformed: bool = False) -> None:
        if line in self._wanted.subjects:
            self.lines.blank[line] = count
        elif self._pattern and self._pattern.search(record):
            if is_malformed or not self._wanted.is_landed or line in self._wanted.quarantined:
                self.lines.blank[line] = count
            else:
                self.lines.mended.update(range(line, line + count))


def _json_lines(path: Path, encoding: str, wanted: Wanted) -> _Lines:
    found, pattern = _Lines(), wanted.pattern
    for block in read_blocks(read_chunks(path, encoding)):
        for number, line in enumerate(block.lines, block.first_line):
            if number in wanted.subjects:
                found.blank[number] = 1
            elif pattern and pattern.search(line):
                if not wanted.is_landed or number in wanted.quarantined:
                    found.blank[number] = 1
                else:
                    found.mended.add(number)
    return found


def _matching_lines(path: Path, encoding: str, wanted: Wanted) -> _Lines:
    """Lines of a file that nobody reads any more; what cannot be unpacked goes as a whole."""
    found, pattern = _Lines(), wanted.pattern
    for block in read_blocks(read_chunks(path, encoding)):
        for number, line in enumerate(block.lines, block.first_line):
            if number in wanted.subjects or (pattern and pattern.search(line)):
                found.blank[number] = 1
    return found


def _in_place(match: re.Match[bytes]) -> bytes:
    """Nothing, or what JSON calls nothing where a bare number stood."""
    text, start, end = match.string, match.start(), match.end()
    is_json = text.lstrip()[:1] == b"{"
    is_quoted = text[start - 1 : start] == b'"' or text[end : end + 1] == b'"'
    return b"null" if is_json and match[0].isdigit() and not is_quoted else b""


def row_pattern(words: tuple[str, ...]) -> str:
    """The pattern of words for an engine that cannot look behind or ahead."""
    return rf"(^|[^\w.+-])({'|'.join(words)})($|[^\w-])" if words else ""


def _physical(block: Block) -> Iterator[bytes]:
    """The lines of a block with their own newlines."""
    starts = block.starts - block.offset
    for index in range(block.line_count):
        yield block.data[int(starts[index]) : int(starts[index + 1])]


def _encoding_of(path: Path) -> str:
    """An encoding that every byte of the file is read and written in."""
    try:
        next(read_chunks(path, "utf-8"), b"")
    except HeldFile:
        return "utf-16"
    return "utf-8"


def _encoded(text: bytes, encoding: str, is_first: bool) -> bytes:
    if encoding == "utf-8":
        return text
    written = text.decode("utf-8").encode(encoding)
    # A mark stands before the whole text, not before each line.
    return written if is_first or encoding != "utf-16" else text.decode().encode("utf-16")[2:]


@contextmanager
def _open_like(path: Path, target: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """The target, packed if the file is."""
    with target.open("wb") as plain:
        if not _starts_with(path, GZIP_MAGIC):
            yield plain
            return
        with gzip.GzipFile(filename="", fileobj=plain, mode="wb", mtime=0) as packed:
            yield packed


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic
