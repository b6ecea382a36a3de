"""Hold the rows of a file against what its YAML declares: keys, values, references, ranges."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from lead_warehouse.rules.cells import Line, Table
from lead_warehouse.rules.declared import Column
from lead_warehouse.rules.problems import Problem, quoted, remedy

_CENTURY_DAYS = 36_525
LONGEST = {
    "months": 1_200,
    "days": _CENTURY_DAYS,
    "hours": _CENTURY_DAYS * 24,
    "minutes": _CENTURY_DAYS * 24 * 60,
    "seconds": _CENTURY_DAYS * 24 * 60 * 60,
}
"""A century, by the unit that the name of a column ends with: for ever, where leads are scored.

What is much longer has no instant at its end, and would stop a build.
"""


def value_problems(table: Table, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Cells with a value that is not declared; references lead into ``tables``."""
    for name, column in table.declared.columns.items():
        longest = LONGEST.get(name.rpartition("_")[2])
        if longest is None and not _is_limited(column):
            continue
        for line in table.lines:
            cell = line.cells.get(name)
            if cell is not None:
                for text in _cell_problems(name, column, cell, tables):
                    yield Problem(table.name, line.number, text)
                if longest and _is_longer(cell, longest):
                    text = f"{name} {quoted(cell)} is more than a century; write {longest} or less"
                    yield Problem(table.name, line.number, text)


def row_problems(table: Table) -> Iterator[Problem]:
    """Rows whose key is another's, and rows too many or too few."""
    for key in table.declared.keys:
        yield from _repeated(table, key)
    yield from _miscounted(table)


def _cell_problems(
    name: str, column: Column, cell: object, tables: Mapping[str, Table]
) -> Iterator[str]:
    text = str(cell)
    if column.accepted is not None and text not in column.accepted:
        yield f"{name} {quoted(cell)} is not known{remedy(text, column.accepted)}"
    if column.refers_to is not None:
        other, field = column.refers_to
        target = tables.get(other)
        # A file that cannot be read may well hold it: its own problem comes first.
        if target and target.knows(field) and cell not in target.values(field):
            known = map(str, target.values(field))
            yield f"{name} {quoted(cell)} is not in {other}.csv{remedy(text, known)}"
    if _is_outside(cell, column):
        least, greatest = column.least, column.greatest
        limits = [f"{least} or more"] * (least is not None)
        limits += [f"{greatest} or less"] * (greatest is not None)
        yield f"{name} {quoted(cell)} is out of range; it must be {' and '.join(limits)}"


def _is_limited(column: Column) -> bool:
    limits = (column.accepted, column.refers_to, column.least, column.greatest)
    return any(limit is not None for limit in limits)


def _is_outside(cell: object, column: Column) -> bool:
    low, high = column.least, column.greatest
    return (low is not None and cell < low) or (high is not None and cell > high)  # type: ignore[operator]


def _is_longer(cell: object, longest: int) -> bool:
    return isinstance(cell, int | Decimal) and not -longest <= cell <= longest


def _repeated(table: Table, key: tuple[str, ...]) -> Iterator[Problem]:
    """Rows whose key an earlier row has. A lone empty cell is no key; in a longer one it counts."""
    first: dict[tuple[object, ...], Line] = {}
    for line in table.lines:
        if any(column not in line.cells for column in key):
            continue
        values = tuple(line.cells[column] for column in key)
        if values == (None,):
            continue
        if values in first:
            what = ", ".join(
                f"{column} {'(empty)' if value is None else quoted(value)}"
                for column, value in zip(key, values, strict=True)
            )
            text = f"{what}: line {first[values].number} has the same; keep one"
            yield Problem(table.name, line.number, text)
        else:
            first[values] = line


def _miscounted(table: Table) -> Iterator[Problem]:
    expected = table.declared.row_count
    if expected is None or not table.is_complete or len(table.lines) == expected:
        return
    line = table.lines[expected].number if len(table.lines) > expected else 1
    text = f"holds {len(table.lines)} rows and must hold {expected}; keep or add as many"
    yield Problem(table.name, line, text)
