"""Make the raw schema in a database, or bring it up to the contract."""

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.contract.raw_schema import raw_tables
from lead_warehouse.sql import identifier


def ensure_raw_schema(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Create what is missing; a table whose declared columns changed is made anew, empty.

    The inputs of such a table are landed again, since their digest covers the contract. Where the
    accounts themselves changed, nothing says any more what has landed, so all of raw starts anew.
    """
    connection.execute("create schema if not exists raw")
    wanted = raw_tables(contract)
    present = _present_columns(connection)
    changed = {
        name
        for name, columns in wanted.items()
        if name in present and _plain(present[name]) != _plain(columns)
    }
    if changed & {"landed_files", "quarantined_rows", "input_columns"}:
        changed = set(wanted)
    for name, columns in wanted.items():
        if name in changed:
            connection.execute(f"drop table if exists raw.{identifier(name)}")
        body = ", ".join(f"{identifier(column)} {sql}" for column, sql in columns.items())
        connection.execute(f"create table if not exists raw.{identifier(name)} ({body})")


def _present_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Table to column to type, of all tables in one question: a question each takes longer than
    landing a small file."""
    rows = connection.execute(
        "select table_name, column_name, lower(data_type) from duckdb_columns() "
        "where schema_name = 'raw' and database_name = current_database() "
        "order by table_name, column_index"
    ).fetchall()
    present: dict[str, dict[str, str]] = {}
    for table, column, sql_type in rows:
        present.setdefault(table, {})[column] = sql_type
    return present


def _plain(columns: dict[str, str]) -> list[tuple[str, str]]:
    """Columns in order, their types without blanks."""
    return [(column, sql_type.replace(" ", "")) for column, sql_type in columns.items()]
