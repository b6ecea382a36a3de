"""SQL that reads the cells of a database, in its own dialect, so that they lose nothing on the way.

A snapshot is a Parquet file, which has no integers of more than 64 bits, no offset of a time of
day and no text but UTF-8. Such cells are written as text.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from lead_warehouse.sql import identifier, literal

UNREADABLE = "(unreadable)"
"""Name of a snapshot's own column: a list of those columns of a row whose text is no UTF-8."""

_LONG_NUMBERS = ("HUGEINT", "UHUGEINT", "BIGNUM")
_NOT_IN_PARQUET = ("BIT", "INTERVAL", "TIME WITH TIME ZONE")


class Cell(NamedTuple):
    """How a column is read.

    Attributes:
        sql: of the cell.
        is_number: whether it is a number, though it comes as text.
    """

    sql: str
    is_number: bool = False


def duckdb_cell(name: str, kind: str) -> Cell:
    """The cell of a column of a DuckDB database, of an engine type."""
    column = identifier(name)
    if kind in (*_LONG_NUMBERS, *_NOT_IN_PARQUET):
        return Cell(f"cast({column} as varchar)", kind in _LONG_NUMBERS)
    return Cell(column)


def postgres_cell(name: str, kind: str) -> Cell:
    """The cell of a column of a PostgreSQL database.

    Numbers that the engine would read as doubles come as text, every digit of them; so do times of
    day with an offset, which it would move to UTC.
    """
    column = identifier(name)
    if kind == "numeric" or _is_long(kind):
        return Cell(f"{column}::text", is_number=True)
    if re.fullmatch(r"time(\(\d+\))? with time zone", kind):
        return Cell(f"{column}::text")
    return Cell(column)


def _is_long(kind: str) -> bool:
    digits = kind.removeprefix("numeric(").partition(",")[0]
    return kind.startswith("numeric(") and digits.isdecimal() and int(digits) > 38


def sqlite_cell(name: str) -> Cell:
    """The cell of a column of a SQLite database.

    SQLite keeps any value in any column, so each is read as the text it stands for. A number with a
    fraction is written with as many digits as it takes to tell it from others.
    """
    column = identifier(name)
    short, long = f"printf('%!.15g', {column})", f"printf('%!.17g', {column})"
    return Cell(
        f"case typeof({column}) when 'blob' then null when 'real' then "
        f"case when cast({short} as real) = {column} then {short} else {long} end "
        f"else cast({column} as text) end"
    )


def with_readable_text(select: str, columns: Iterable[str]) -> str:
    r"""SQL of the rows of a query with every text in UTF-8, and with ``UNREADABLE``.

    SQLite keeps any bytes as text, and the engine takes them as they are: written or sorted, they
    would damage the cells beside them. They are spelled as the engine spells bytes, ``caf\xE9``,
    in which a backslash is ``\x5C``, so that ``cast(... as blob)`` gives them back.
    """
    names = list(columns)
    cells = ", ".join(f"{_readable(name)} as {identifier(name)}" for name in names)
    bad = ", ".join(
        f"case when {identifier(name)} is not null and {_decoded(name)} is null "
        f"then {literal(name)} end"
        for name in names
    )
    marks = f"nullif(list_filter([{bad}], lambda name: name is not null), [])"
    return f"select {cells}, {marks} as {identifier(UNREADABLE)} from ({select})"


def _readable(name: str) -> str:
    return f"coalesce({_decoded(name)}, cast(encode({identifier(name)}) as varchar))"


def _decoded(name: str) -> str:
    """SQL of a text, null where it is no UTF-8."""
    return f"try(decode(encode({identifier(name)})))"
