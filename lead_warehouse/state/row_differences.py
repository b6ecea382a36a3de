"""Rows and columns in which the temp tables ``earlier`` and ``later`` differ."""

from dataclasses import dataclass

import duckdb

from lead_warehouse.sql import identifier, literal


@dataclass(frozen=True)
class Compared:
    """What is compared.

    Attributes:
        key: columns that tell rows apart; none compares whole rows.
        columns: columns both have, in order.
        retyped: those of another type, which are compared as text.
    """

    key: tuple[str, ...]
    columns: tuple[str, ...]
    retyped: frozenset[str]

    @property
    def values(self) -> list[str]:
        """Columns beside the key."""
        return [column for column in self.columns if column not in self.key]


@dataclass(frozen=True)
class Counts:
    """Rows added, removed and changed, and the rows in which each column changed."""

    added: int
    removed: int
    changed: int
    columns: dict[str, int]


def count_changes(connection: duckdb.DuckDBPyConnection, compared: Compared) -> Counts:
    """Count what differs."""
    return (_count_by_key if compared.key else _count_whole_rows)(connection, compared)


def changed_rows(
    connection: duckdb.DuckDBPyConnection, compared: Compared, limit: int | None
) -> tuple[list[str], list[tuple[object, ...]]]:
    """What differs, in order of the key: a line for each row or cell that changed.

    A table without a key gives its whole rows, as removed and added.
    """
    if compared.key:
        sql = _cells_by_key(compared)
    else:
        one, other = _selected(compared, "earlier"), _selected(compared, "later")
        sql = (
            f"select 'removed' as change, * from ({one} except all {other}) "
            f"union all select 'added', * from ({other} except all {one}) order by all desc"
        )
    cursor = connection.execute(sql + (f" limit {int(limit)}" if limit is not None else ""))
    return [column[0] for column in cursor.description or []], cursor.fetchall()


def _count_by_key(connection: duckdb.DuckDBPyConnection, compared: Compared) -> Counts:
    first = identifier(compared.key[0])
    differs = [_differs(compared, column) for column in compared.values]
    is_both = f"(earlier.{first} is not null and later.{first} is not null)"
    counts = [f"count(*) filter ({is_both} and {one})" for one in differs]
    any_differs = " or ".join(differs) or "false"
    row = connection.execute(
        f"select count(*) filter (earlier.{first} is null), "
        f"count(*) filter (later.{first} is null), "
        f"count(*) filter ({is_both} and ({any_differs}))"
        + "".join(f", {count}" for count in counts)
        + f" from earlier full join later using ({_list(compared.key)})"
    ).fetchone()
    assert row is not None
    columns = dict(zip(compared.values, row[3:], strict=True))
    return Counts(row[0], row[1], row[2], {name: n for name, n in columns.items() if n})


def _count_whole_rows(connection: duckdb.DuckDBPyConnection, compared: Compared) -> Counts:
    one, other = _selected(compared, "earlier"), _selected(compared, "later")
    added = _count(connection, f"{other} except all {one}")
    removed = _count(connection, f"{one} except all {other}")
    columns = {}
    if added or removed:
        for column in compared.columns:
            alone = Compared((), (column,), compared.retyped)
            changed = _count(
                connection, f"{_selected(alone, 'later')} except all {_selected(alone, 'earlier')}"
            )
            if changed:
                columns[column] = changed
    return Counts(added, removed, 0, columns)


def _cells_by_key(compared: Compared) -> str:
    key = ", ".join(f"{identifier(column)}" for column in compared.key)
    first = identifier(compared.key[0])
    joined = f"from earlier full join later using ({_list(compared.key)})"
    blank = "cast(null as varchar)"
    parts = [
        f"select case when later.{first} is null then 'removed' else 'added' end as change, {key}, "
        f'{blank} as "column", {blank} as before, {blank} as after {joined} '
        f"where earlier.{first} is null or later.{first} is null"
    ]
    parts += [
        f"select 'changed', {key}, {literal(column)}, "
        f"cast(earlier.{identifier(column)} as varchar), "
        f"cast(later.{identifier(column)} as varchar) "
        f"{joined} where earlier.{first} is not null and later.{first} is not null "
        f"and {_differs(compared, column)}"
        for column in compared.values
    ]
    places = ", ".join(str(place) for place in range(2, 2 + len(compared.key)))
    return f'{" union all ".join(parts)} order by {places}, change, "column"'


def _differs(compared: Compared, column: str) -> str:
    name = identifier(column)
    if column in compared.retyped:
        return f"cast(earlier.{name} as varchar) is distinct from cast(later.{name} as varchar)"
    return f"earlier.{name} is distinct from later.{name}"


def _selected(compared: Compared, side: str) -> str:
    columns = ", ".join(
        f"cast({identifier(c)} as varchar) as {identifier(c)}"
        if c in compared.retyped
        else identifier(c)
        for c in compared.columns
    )
    return f"(select {columns} from {side})"


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(identifier(column) for column in columns)


def _count(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    row = connection.execute(f"select count(*) from ({rows})").fetchone()
    assert row is not None
    return int(row[0])
