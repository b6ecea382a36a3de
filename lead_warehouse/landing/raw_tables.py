"""Make the raw schema in a database, or bring it up to the contract.

Rows are stored in ``landed``, what all rows of a file have in common once for each file; the
canonical tables of ``raw`` are views that put both together. Accounts are tables of ``raw``.
"""

import duckdb

from lead_warehouse.contract import Contract, Table
from lead_warehouse.contract.raw_schema import (
    ACCOUNTS,
    FILE_COLUMNS,
    FILES,
    landed_columns,
    raw_columns,
)
from lead_warehouse.sql import identifier

Name = tuple[str, str]
"""Schema and table."""

SAY_WHAT_LANDED: set[Name] = {
    ("raw", "landed_files"),
    ("raw", "quarantined_rows"),
    ("raw", "input_columns"),
    ("landed", "files"),
}


def ensure_raw_schema(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Create what is missing; a table whose declared columns changed is made anew, empty.

    The inputs of such a table are landed again, since their digest covers the contract. Where the
    accounts themselves changed, nothing says any more what has landed, so all of raw starts anew.
    """
    connection.execute("create schema if not exists raw; create schema if not exists landed")
    wanted = _stored_tables(contract)
    present = _present_columns(connection)
    changed = {
        name
        for name, columns in wanted.items()
        if name in present and _plain(present[name]) != _plain(columns)
    }
    if changed & SAY_WHAT_LANDED:
        changed = set(wanted)
    for name, columns in wanted.items():
        relation = ".".join(map(identifier, name))
        if name in changed:
            connection.execute(f"drop table if exists {relation}")
        body = ", ".join(f"{identifier(column)} {sql}" for column, sql in columns.items())
        connection.execute(f"create table if not exists {relation} ({body})")
    for table, declared in contract.tables.items():
        # Earlier versions stored the rows here. Their inputs land again: see LANDING_VERSION.
        if ("raw", table) in present:
            connection.execute(f"drop table raw.{identifier(table)}")
        connection.execute(_view_of(table, declared))


def _stored_tables(contract: Contract) -> dict[Name, dict[str, str]]:
    """Every table that has rows of its own: name to column to SQL type."""
    canonical = {("landed", name): landed_columns(table) for name, table in contract.tables.items()}
    accounts = {
        ("raw", name): {column: sql_type for column, (sql_type, _) in columns.items()}
        for name, columns in ACCOUNTS.items()
    }
    return {("landed", "files"): FILES, **canonical, **accounts}


def _view_of(name: str, table: Table) -> str:
    """SQL that makes a table of ``raw`` of stored rows and of what their files tell.

    The engine turns this inner join into a look-up by number that keeps each text as one for all
    rows of a file, so a scan takes no longer; an outer join would make it anew for each row. That
    no row is without its file is counted as it lands.
    """
    columns = ", ".join(
        f"{'files' if column in FILE_COLUMNS else 'stored'}.{identifier(column)}"
        for column in raw_columns(table)
    )
    return (
        f"create or replace view raw.{identifier(name)} as select {columns} "
        f"from landed.{identifier(name)} as stored "
        "inner join landed.files as files on stored.file_id = files.file_id"
    )


def _present_columns(connection: duckdb.DuckDBPyConnection) -> dict[Name, dict[str, str]]:
    """Table to column to type, of all tables in one question: a question each takes longer than
    landing a small file."""
    rows = connection.execute(
        "select schema_name, table_name, column_name, lower(data_type) from duckdb_columns() "
        "semi join duckdb_tables() using (database_name, schema_name, table_name) "
        "where schema_name in ('raw', 'landed') and database_name = current_database() "
        "order by schema_name, table_name, column_index"
    ).fetchall()
    present: dict[Name, dict[str, str]] = {}
    for schema, table, column, sql_type in rows:
        present.setdefault((schema, table), {})[column] = sql_type
    return present


def _plain(columns: dict[str, str]) -> list[tuple[str, str]]:
    """Columns in order, their types without blanks."""
    return [(column, sql_type.replace(" ", "")) for column, sql_type in columns.items()]
