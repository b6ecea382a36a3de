"""Small groups are not shown in the published site: a handful of people can be guessed."""

import duckdb

from lead_warehouse.errors import UserError

SMALLEST_GROUP = 5
NOT_PEOPLE = "-- not people:"
"""A comment of a query that names its counts of other things than people, or of deals."""


def define(connection: duckdb.DuckDBPyConnection, is_internal: bool) -> None:
    """Make ``masked(value, people)`` known to the queries; in the internal site it masks nothing.

    A value is shown where nobody or at least five people stand behind it.
    """
    shown = (
        "value"
        if is_internal
        else (f"case when people between 1 and {SMALLEST_GROUP - 1} then null else value end")
    )
    connection.execute(f"create or replace temp macro masked(value, people) as ({shown})")


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
            f'select count(*) from {table} where "{column}" between 1 and {SMALLEST_GROUP - 1}'
        ).fetchone()
        if found and found[0]:
            raise UserError(
                f"report query {name}: {column} has {found[0]} cells of fewer than "
                f"{SMALLEST_GROUP}; write masked({column}, {column}), or, if it counts no people, "
                f"`{NOT_PEOPLE} {column}`"
            )
