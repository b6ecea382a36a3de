"""The columns of a file, held against the mapping by name; and the first line of a CSV file."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field

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
    """Read the first line that is not blank.

    Raises:
        HeldFile: it cannot be read, repeats a column, or lacks a column that is required.
    """
    for block in read_blocks(chunks):
        for line, raw in enumerate(block.lines, block.first_line):
            if raw.strip():
                columns = _split(raw, one.delimiter)
                return fit_header(one, contract, columns, line, _other_delimiter(columns, one))
    return Header(0, tuple(sorted(read_columns(one, contract))), (), ())


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


def optional_columns(one: Input, contract: Contract) -> set[str]:
    """The file's columns that the mapping reads and could do without."""
    named = {
        column
        for mapped in one.tables
        for source in mapped.columns.values()
        for column in source_columns(source)
    }
    return named - required_columns(one, contract)


def _split(raw: bytes, delimiter: str) -> tuple[str, ...]:
    try:
        text = raw.decode("utf-8")
        if "\0" in text:
            raise csv.Error("it holds a NUL byte")
        row = next(csv.reader([text], delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise HeldFile(
            f"the header cannot be read ({error}); mend its quoting or encoding"
        ) from None
    return tuple(name.strip() or f"(column {i})" for i, name in enumerate(row, 1))


def _other_delimiter(columns: tuple[str, ...], one: Input) -> str:
    """The remedy where a header of one column looks cut at the wrong delimiter."""
    other = next((d for d in ",;|\t" if len(columns) == 1 and d in columns[0]), None)
    if other is None:
        return ""
    return f"the header is one column: is the delimiter {other!r}, not {one.delimiter!r}?"


def _check(columns: tuple[str, ...], required: set[str], remedy: str) -> None:
    folded = [name.casefold() for name in (*columns, LINE_COLUMN)]
    for name in columns:
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
