"""Small groups are not shown in the published site: a handful of people can be guessed."""

import duckdb

from lead_warehouse.errors import UserError

SMALLEST_GROUP = 5
NOT_PEOPLE = "-- not people:"
"""A comment of a query that names its counts of other things than people: accounts, records."""


def define(connection: duckdb.DuckDBPyConnection, is_internal: bool) -> None:
    """Make ``masked`` and ``masked_rate`` known to the queries; the internal site masks nothing.

    ``masked(value, people)`` is shown where nobody or at least five people stand behind it.
    ``masked_rate(value, part, whole)`` is shown where both are so: who knows a rate and the whole
    knows the part.
    """
    hidden = "false" if is_internal else "{0} > 0 and {0} < " + str(SMALLEST_GROUP)
    for macro, groups in (
        ("masked(value, people)", ("people",)),
        ("masked_rate(value, part, whole)", ("part", "whole")),
    ):
        is_small = " or ".join(hidden.format(group) for group in groups)
        connection.execute(
            f"create or replace temp macro {macro} as"
            f" (case when {is_small} then null else value end)"
        )


def refuse_small(
    connection: duckdb.DuckDBPyConnection, name: str, sql: str, table: str, columns: dict[str, str]
) -> None:
    """Refuse a result of the published site with a count of people that is too small.

    Raises:
        UserError: names the query and the column.
    """
    other = {
        word.strip()
        for line in sql.splitlines()
        if line.strip().startswith(NOT_PEOPLE)
        for word in line.strip().removeprefix(NOT_PEOPLE).split(",")
    }
    for column in columns:
        if not column.endswith("_count") or column in other:
            continue
        found = connection.execute(
            f'select count(*) from {table} where "{column}" > 0 and "{column}" < {SMALLEST_GROUP}'
        ).fetchone()
        if found and found[0]:
            raise UserError(
                f"report query {name}: {column} has {found[0]} cells of fewer than "
                f"{SMALLEST_GROUP}; write masked({column}, {column}), or, if it counts no people, "
                f"`{NOT_PEOPLE} {column}`"
            )
