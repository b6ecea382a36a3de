"""Read a rule file: its encoding, its header, and each cell as the type its column declares."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lead_warehouse.errors import UserError
from lead_warehouse.rules.declared import Declared
from lead_warehouse.rules.problems import Problem, quoted


@dataclass(frozen=True)
class Line:
    """A row of the file: cells that can be read, by column; an empty one is None."""

    number: int
    cells: dict[str, Any]


@dataclass
class Table:
    """A rule file as read.

    Attributes:
        is_complete: whether every line of it is among ``lines``, though not every cell.
    """

    name: str
    declared: Declared
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_complete: bool = True

    def complain(self, line: int, text: str) -> None:
        self.problems.append(Problem(self.name, line, text))

    def knows(self, column: str) -> bool:
        """Whether the column could be read in every row."""
        return self.is_complete and all(column in line.cells for line in self.lines)

    def values(self, column: str) -> set[Any]:
        return {line.cells[column] for line in self.lines if line.cells.get(column) is not None}


def read_table(name: str, path: Path, declared: Declared) -> Table:
    """Read a file as far as it can be read; what cannot is among its problems."""
    try:
        return _table(name, path.read_bytes(), declared)
    except OSError as error:
        table = Table(name, declared, is_complete=False)
        table.complain(1, f"cannot be read: {error.strerror}; check the path and its permissions")
        return table


@lru_cache(maxsize=256)  # of two rule sets most files are the same
def _table(name: str, data: bytes, declared: Declared) -> Table:
    table = Table(name, declared)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        table.complain(line, "is not UTF-8; save the file as UTF-8")
        table.is_complete = False
        return table

    rows = _rows(text)
    columns = declared.columns
    try:
        _, header = next(rows, (1, []))
        if header != list(columns):
            expected, given = ",".join(columns), quoted(",".join(header))
            table.complain(1, f"columns must be {expected}, not {given}; write them so")
            table.is_complete = False
            return table
        for number, row in rows:
            # A blank line is passed over, but where there is one column it is an empty cell.
            cells = row or [""] * (len(columns) == 1)
            if not cells:
                continue
            if len(cells) == len(columns):
                table.lines.append(Line(number, _cells(table, number, cells)))
            else:
                counts = f"{len(cells)} values for {len(columns)} columns"
                table.complain(number, f"{counts}; put a value with a comma between quotes")
                table.is_complete = False
    except _BrokenRow as error:
        table.complain(error.line, f"is not CSV: {error.reason}; mend the quotes")
        table.is_complete = False
    return table


class _BrokenRow(Exception):
    def __init__(self, line: int, reason: str):
        super().__init__(reason)
        self.line, self.reason = line, reason


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each begins on.

    Raises:
        _BrokenRow: at a row that is not CSV; what follows cannot be told apart.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _BrokenRow(begins, str(error)) from None
        yield begins, row


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def _cells(table: Table, number: int, row: list[str]) -> dict[str, Any]:
    """The cells of a row that can be read; the others are complained about."""
    read: dict[str, Any] = {}
    for (name, column), cell in zip(table.declared.columns.items(), row, strict=True):
        if not cell.strip():
            read[name] = None
            if column.is_required:
                table.complain(number, f"{name} is empty; fill it")
        elif cell.lower() == "null":
            table.complain(number, f"{name} {quoted(cell)} reads as empty; leave the cell empty")
        elif cell != cell.strip():
            table.complain(number, f"{name} {quoted(cell)} has blanks around it; remove them")
        elif _CONTROL.search(cell):
            table.complain(number, f"{name} {quoted(cell)} has a control character; remove it")
        else:
            kind = kind_of(column.kind)
            value = kind.read(cell)
            if value is None:
                table.complain(number, f"{name} {quoted(cell)} is not {kind.words}")
            else:
                read[name] = value
    return read


@dataclass(frozen=True)
class Kind:
    """How cells of a type are read (None when they cannot be), and what a person calls them."""

    words: str
    read: Callable[[str], Any]


@cache
def kind_of(sql_type: str) -> Kind:
    """The kind of cell that a declared column type asks for.

    Raises:
        UserError: rules cannot have that type.
    """
    if sql_type in _KINDS:
        return _KINDS[sql_type]
    if sizes := re.fullmatch(r"decimal\((\d+), ?(\d+)\)", sql_type):
        return _decimal(int(sizes[1]), int(sizes[2]))
    raise UserError(
        f"rules cannot have columns of type {sql_type}; "
        f"declare {', '.join(_KINDS)} or decimal(p, s)"
    )


def _decimal(precision: int, scale: int) -> Kind:
    before = precision - scale

    def read(cell: str) -> Decimal | None:
        parts = _PLAIN.fullmatch(cell)
        fits = parts and len(parts[1]) <= before and len(parts[2] or "") <= scale
        return Decimal(cell) if fits else None

    return Kind(f"a number such as 12.5, of {before} digits and {scale} decimals at most", read)


_PLAIN = re.compile(r"-?(?=[0-9])0*([0-9]*)(?:\.([0-9]+))?")
"""Digits before the point but for leading zeros, and those after it."""


def _integer(cell: str) -> int | None:
    return int(cell) if re.fullmatch(r"-?[0-9]{1,9}", cell) else None


def _date(cell: str) -> date | None:
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        return None
    return found if found.isoformat() == cell else None


_KINDS = {
    "varchar": Kind("a text", str),
    "integer": Kind("a whole number", _integer),
    "boolean": Kind("true or false", {"true": True, "false": False}.get),
    "date": Kind("a date such as 2026-01-31", _date),
}
