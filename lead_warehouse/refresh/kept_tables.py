"""Decide which kept tables of a build are built whole, and take those out.

A kept table (dbt calls it incremental) still holds what the generation built upon had. dbt replaces
in it the leads that this landing concerns; one that is not there is built from all that has landed.
"""

import duckdb

from lead_warehouse.landing.land import Landing
from lead_warehouse.refresh.context import RefreshContext
from lead_warehouse.rules.families import Families
from lead_warehouse.sql import identifier

SCHEMA = "intermediate"


def prepare_kept_tables(
    connection: duckdb.DuckDBPyConnection,
    families: Families,
    landing: Landing,
    context: RefreshContext,
) -> list[str]:
    """Drop the kept tables that cannot be carried on; note what landed and the families in force.

    Returns:
        the tables that dbt will build whole.
    """
    if landing.took_rows_out or context.is_past:
        stale = list(families.kept)
    else:
        stale = families.stale(_families_before(connection))
    for table in stale:
        connection.execute(f"drop table if exists {SCHEMA}.{identifier(table)}")
    there = _tables(connection)
    whole = [table for table in families.kept if table not in there]
    _note_new_files(connection, landing)
    connection.execute("delete from raw.rule_families")
    if families.digests:
        connection.executemany(
            "insert into raw.rule_families values (?, ?)", list(families.digests.items())
        )
    connection.execute("update raw.refresh_context set is_full_build = ?", [bool(whole)])
    return whole


def _note_new_files(connection: duckdb.DuckDBPyConnection, landing: Landing) -> None:
    connection.execute("delete from raw.new_files")
    new = [account.file for account in landing.accounts if not account.held_because]
    if new:
        connection.executemany(
            "insert into raw.new_files values (?, ?)",
            [(file.input_name, file.file_digest) for file in new],
        )


def _families_before(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute("select family, digest from raw.rule_families").fetchall()
    return dict(rows)


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() "
        "where schema_name = ? and database_name = current_database()",
        [SCHEMA],
    ).fetchall()
    return {name for (name,) in rows}
