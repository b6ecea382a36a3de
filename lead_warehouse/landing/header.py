"""The columns of a file, held against the mapping by name; and the first line of a CSV file."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lead_warehouse.contract import Contract
from lead_warehouse.landing.blocks import read_blocks
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.notation import Kind
from lead_warehouse.landing.renames import propose_renames
from lead_warehouse.mapping import Input
from lead_warehouse.mapping.schema import source_columns
from lead_warehouse.nearest import nearest

LINE_COLUMN = "file_line"
"""Name of the line number beside the file's own columns, so no column may have it."""

HEADER_LINES = 100
"""A quoted name may go on over lines, yet not over so many."""

UNREADABLE = "the header cannot be read ({}); mend its quoting or encoding"
NOT_CSV = (
    "JSON, read as CSV; write one object on each line, and end the file's name and 'files' in the "
    "mapping with .jsonl"
)
_JSON = re.compile(rb'\s*(?:\{\s*(?:"[^"]*"\s*:.*)?|\[\s*(?:[{[].*)?)\s*', re.DOTALL)
"""How a JSON document starts, alone on its line or with what is in it; no header does."""

RENAMED = "name the new column in the mapping or deliver the file again"


@dataclass(frozen=True)
class Header:
    """What a file says of its columns.

    Attributes:
        line: physical line of the header; 0 where it is no line, or the file is empty.
        columns: the file's columns in order.
        unmapped: columns that the mapping neither reads nor ignores.
        missing: optional columns that the mapping reads and the file lacks.
        kinds: types of columns, where the file has types; all others are text.
    """

    line: int
    columns: tuple[str, ...]
    unmapped: tuple[str, ...]
    missing: tuple[str, ...]
    kinds: dict[str, Kind] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return len(self.columns)


def read_header(one: Input, contract: Contract, chunks: Iterable[bytes]) -> Header:
    """Read the first line that is not blank, and those that a quoted name goes on over.

    Raises:
        HeldFile: it cannot be read, repeats a column that is mapped, or lacks one that is required.
    """
    read = read_columns(one, contract)
    if (found := _first_row(chunks, one)) is None:
        return Header(0, tuple(sorted(read)), (), ())
    names, line = found
    columns = _told_apart(names, read)
    header = fit_header(one, contract, columns, line, _other_delimiter(columns, one))
    delivered = dict(zip(columns, names, strict=True))
    unmapped = (c for c in header.unmapped if delivered[c] not in one.ignore_columns)
    return replace(header, unmapped=tuple(unmapped))


def fit_header(
    one: Input, contract: Contract, columns: tuple[str, ...], line: int = 0, remedy: str = ""
) -> Header:
    """Hold a file's columns against those that the mapping reads.

    Raises:
        HeldFile: a column stands twice, or one that is required is missing; with ``remedy``.
    """
    read = read_columns(one, contract)
    unmapped = tuple(c for c in columns if c not in read | set(one.ignore_columns))
    required = required_columns(one, contract)
    if not remedy:
        proposals = propose_renames(one, sorted(required - set(columns)), unmapped)
        remedy = "; ".join([RENAMED, *(f"renamed? {proposal.change}" for proposal in proposals)])
    _check(columns, required, remedy)
    return Header(line, columns, unmapped, tuple(sorted(read - set(columns))))


def read_columns(one: Input, contract: Contract) -> set[str]:
    """The file's columns that the mapping reads."""
    return required_columns(one, contract) | optional_columns(one, contract)


def required_columns(one: Input, contract: Contract) -> set[str]:
    """The file's columns without which no row could be accepted."""
    needed = {one.known_at.column} if one.known_at else set()
    for mapped in one.tables:
        if mapped.when:
            needed.add(mapped.when.column)
        table = contract.tables[mapped.table]
        for name, source in mapped.columns.items():
            if table.columns[name].required:
                needed.update(source_columns(source))
    return needed


def list_columns(one: Input, contract: Contract) -> set[str]:
    """The file's columns that feed lists, and nothing that is one value."""
    fed = [
        (column, contract.tables[mapped.table].columns[name].is_list)
        for mapped in one.tables
        for name, source in mapped.columns.items()
        for column in source_columns(source)
    ]
    single = {column for column, is_list in fed if not is_list}
    single |= {mapped.when.column for mapped in one.tables if mapped.when}
    single |= {one.known_at.column} if one.known_at else set()
    return {column for column, is_list in fed if is_list} - single


def optional_columns(one: Input, contract: Contract) -> set[str]:
    """The file's columns that the mapping reads and could do without."""
    named = {
        column
        for mapped in one.tables
        for source in mapped.columns.values()
        for column in source_columns(source)
    }
    return named - required_columns(one, contract)


class _QuoteOpen(HeldFile):
    """The header ends within a quoted name."""


def _first_row(chunks: Iterable[bytes], one: Input) -> tuple[tuple[str, ...], int] | None:
    """The names in the header and its last line; none in a file of blank lines."""
    lines: list[bytes] = []
    unread: _QuoteOpen | None = None
    for block in read_blocks(chunks):
        for number, raw in enumerate(block.lines, block.first_line):
            if not lines and not raw.strip():
                continue
            lines.append(raw)
            if _JSON.fullmatch(lines[0]):
                raise HeldFile(NOT_CSV)
            try:
                names = _split(b"\n".join(lines), one.delimiter)
            except _QuoteOpen as still_open:
                if len(lines) == HEADER_LINES:
                    raise
                unread = still_open
            else:
                _refuse_swallowed(lines[1:], len(names), one.delimiter)
                return names, number
    if unread:
        raise unread
    return None


def _refuse_swallowed(following: list[bytes], width: int, delimiter: str) -> None:
    """A stray quote in the header must not make records part of a name."""
    if width > 1 and any(raw.count(delimiter.encode()) + 1 == width for raw in following):
        raise HeldFile(UNREADABLE.format("records follow inside a quoted name"))


def _split(raw: bytes, delimiter: str) -> tuple[str, ...]:
    try:
        text = raw.decode("utf-8")
        if "\0" in text:
            raise csv.Error("it holds a NUL byte")
        row = next(csv.reader([text], delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        is_open = str(error) == "unexpected end of data"
        why = "a quoted name is never closed" if is_open else str(error)
        raise (_QuoteOpen if is_open else HeldFile)(UNREADABLE.format(why)) from None
    return tuple(_on_one_line(name) or f"(column {i})" for i, name in enumerate(row, 1))


def _on_one_line(name: str) -> str:
    """A name as a mapping would write it."""
    return " ".join(name.split()) if "\n" in name else name.strip()


def _told_apart(names: tuple[str, ...], read: set[str]) -> tuple[str, ...]:
    """Names that differ, also in case; a repeated one that nobody maps gets its place behind it."""
    mapped = {name.casefold() for name in read}
    others = {name.casefold() for name in names}
    taken = {LINE_COLUMN}
    told: list[str] = []
    for place, name in enumerate(names, 1):
        distinct = name
        if name.casefold() in taken - mapped:
            distinct = f"{name} (column {place})"
            while distinct.casefold() in others:
                distinct += "'"
        taken.add(distinct.casefold())
        told.append(distinct)
    return tuple(told)


def _other_delimiter(columns: tuple[str, ...], one: Input) -> str:
    """The remedy where a header of one column looks cut at the wrong delimiter."""
    other = next((d for d in ",;|\t" if len(columns) == 1 and d in columns[0]), None)
    if other is None:
        return ""
    return f"the header is one column: is the delimiter {other!r}, not {one.delimiter!r}?"


def _check(columns: tuple[str, ...], required: set[str], remedy: str) -> None:
    folded = [name.casefold() for name in columns]
    for name in columns:
        if name.casefold() == LINE_COLUMN:
            raise HeldFile(
                f"column '{name}' has the name under which lines are numbered here; rename it"
            )
        if folded.count(name.casefold()) > 1:
            raise HeldFile(
                f"column '{name}' stands twice in the header (case does not count); rename one"
            )
    lost = sorted(required - set(columns))
    if not lost:
        return
    hints = []
    for name in lost:
        near = nearest(name, columns, limit=3)
        hints.append(f"'{name}'" + (f" (nearest: {', '.join(near)})" if near else ""))
    raise HeldFile(f"required column{'s' * (len(lost) > 1)} missing: {', '.join(hints)}; {remedy}")
