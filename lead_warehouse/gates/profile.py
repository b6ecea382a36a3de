"""Figures of a table: rows, shares, means, quantiles; what changes are reckoned from."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import duckdb

from lead_warehouse.gates.limits import Limit
from lead_warehouse.sql import identifier

CATEGORIES_KEPT = 200
"""Categories of a column kept apart, the most frequent first; the others are one."""

OTHERS = "(others)"
NULL = "(null)"


class Figure(NamedTuple):
    """One figure of a profile.

    Attributes:
        input_name: input whose rows it is about; empty for all rows.
        is_now: whether it is about rows of this run, and not of what it is compared with.
        figure: ``rows``, ``null_share``, ``mean``, ``shares``, ...
        category: of ``shares``, the category; else empty.
        value: of ``shares``, the rows of the category.
        row_count: rows it rests on: for means and quantiles, those that have a value.
    """

    input_name: str
    is_now: bool
    table_name: str
    column_name: str
    figure: str
    category: str
    value: float | None
    row_count: int


def profile(
    connection: duckdb.DuckDBPyConnection, table: str, relation: str, limits: list[Limit]
) -> list[Figure]:
    """The figures that the limits of one table need.

    Args:
        table: name the figures go by.
        relation: SQL of rows with ``input_name`` and ``is_now`` beside the table's own columns.
    """
    asked = sorted({(limit.column, limit.figure, limit.band_width) for limit in limits}, key=str)
    figures = _numbers(connection, table, relation, [one for one in asked if one[1] != "shares"])
    for column, figure, band_width in asked:
        if figure == "shares":
            figures += _shares(connection, table, relation, column, band_width)
    return figures


def _numbers(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    relation: str,
    asked: list[tuple[str, str, float | None]],
) -> list[Figure]:
    """Everything that one pass over the table gives."""
    if not asked:
        return []
    parts = []
    for column, figure, _ in asked:
        parts += [_value_of(column, figure), _rows_of(column, figure)]
    rows = connection.execute(
        f"select input_name, is_now, {', '.join(parts)} from {relation} group by all"
    ).fetchall()
    if not rows:  # An empty table has no group, but it has a number of rows.
        rows = [("", True, *(0 if part == "count(*)" else None for part in parts))]
    return [
        Figure(input_name, is_now, table, column, figure, "", value, count or 0)
        for input_name, is_now, *values in rows
        for (column, figure, _), value, count in zip(asked, values[::2], values[1::2], strict=True)
    ]


def _value_of(column: str, figure: str) -> str:
    name = identifier(column)
    if figure == "rows":
        return "count(*)"
    if figure == "null_share":
        return f"1 - count({name}) / nullif(cast(count(*) as double), 0)"
    if figure == "mean":
        return f"avg(cast({name} as double))"
    if figure == "median_day":
        return f"epoch(median(cast({name} as timestamp))) / 86400"
    return f"quantile_cont(cast({name} as double), {int(figure.removeprefix('p')) / 100})"


def _rows_of(column: str, figure: str) -> str:
    return "count(*)" if figure in ("rows", "null_share") else f"count({identifier(column)})"


def _shares(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    relation: str,
    column: str,
    band_width: float | None,
) -> list[Figure]:
    name = identifier(column)
    value = f"floor({name} / {band_width}) * {band_width}" if band_width else name
    rows = connection.execute(
        f"""
        with counted as (
            select input_name, is_now, coalesce(cast({value} as varchar), '{NULL}') as category,
                count(*) as n
            from {relation} group by all
        ),
        ranked as (
            select *, sum(n) over part as total,
                row_number() over (
                    partition by input_name, is_now order by n desc, category
                ) as place
            from counted
            window part as (partition by input_name, is_now)
        )
        select input_name, is_now, case when place > ? then '{OTHERS}' else category end as shown,
            sum(n), max(total)
        from ranked group by input_name, is_now, shown
        """,
        [CATEGORIES_KEPT],
    ).fetchall()
    return [
        Figure(input_name, is_now, table, column, "shares", category, float(n), int(total))
        for input_name, is_now, category, n, total in rows
    ]


def insert_columns(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    types: dict[str, str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """Insert many rows in one statement, which DuckDB does far faster than one by one."""
    values = list(rows)
    if not values:
        return
    lists = [list(column) for column in zip(*values, strict=True)]
    parts = ", ".join(f"unnest(cast(? as {sql_type}[]))" for sql_type in types.values())
    names = ", ".join(map(identifier, types))
    connection.execute(f"insert into {table} ({names}) select {parts}", lists)
