"""Tables that a build makes anew give their room back before it begins.

A build is a copy of what is published. Made beside what it replaces, every table would be in the
file twice, and a third of what is published would be free blocks that each refresh copies and
reads.
"""

from collections.abc import Collection
from pathlib import Path

from lead_warehouse.sql import identifier
from lead_warehouse.state.engine import open_to_write

SCHEMAS = ("intermediate", "marts", "exports")
"""What dbt builds whole. Seeds and views may stand as they are, and raw has what landed."""


def drop_replaced(building: Path, carried_on: Collection[str]) -> int:
    """Drop the tables of a build that dbt is about to make, and free their blocks.

    Args:
        carried_on: tables whose next build reads the last, which stay.

    Returns:
        how many were dropped.

    Raises:
        duckdb.Error: the build cannot be written.
    """
    with open_to_write(building) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where schema_name in (select unnest(?)) and table_name not in (select unnest(?)) "
            "order by all",
            [list(SCHEMAS), sorted(carried_on)],
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"drop table {identifier(schema)}.{identifier(table)}")
        connection.execute("checkpoint")
    return len(tables)
