"""Read a finished build once, whole, in a process of its own, before anyone relies on it."""

from collections.abc import Callable
from pathlib import Path

from lead_warehouse.sql import identifier
from lead_warehouse.state.digest import TableDigest, digest_tables
from lead_warehouse.state.engine import open_read_only


def verify(report: Callable[[str], None], database: Path) -> dict[str, TableDigest]:
    """Read every row of every table and view, and digest what readers rely on.

    Raises:
        duckdb.Error: a page is damaged, or a view does not resolve.
    """
    with open_read_only(database) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables order by all"
        ).fetchall()
        for schema, table in names:
            report(f"reading {schema}.{table}")
            connection.execute(
                f"select count(*), sum(hash(t)) from {identifier(schema)}.{identifier(table)} as t"
            ).fetchall()
        report("digesting")
        return digest_tables(connection)
