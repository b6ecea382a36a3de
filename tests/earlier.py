"""Databases as earlier versions stored them."""

import duckdb

from lead_warehouse.sql import identifier


def store_in_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """Have canonical tables be tables of ``raw``, in each row all that its file tells."""
    views = connection.execute(
        "select view_name from duckdb_views() where schema_name = 'raw'"
    ).fetchall()
    for (name,) in views:
        relation = f"raw.{identifier(name)}"
        connection.execute(f"create temp table stored as from {relation}")
        connection.execute(f"drop view {relation}; create table {relation} as from stored")
        connection.execute("drop table stored")
    connection.execute("drop schema landed cascade")
