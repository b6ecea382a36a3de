"""Decide which kept tables of a build are built whole, and take those out.

A kept table (dbt calls it incremental) still holds what the generation built upon had. dbt replaces
in it the leads that this landing concerns; one that is not there is built from all that has landed.
"""

from dataclasses import dataclass

import duckdb

from lead_warehouse.landing.land import Landing
from lead_warehouse.refresh.context import RefreshContext
from lead_warehouse.rules.families import Families
from lead_warehouse.sql import identifier

SCHEMA = "intermediate"
FIRST = "it is built for the first time"


@dataclass(frozen=True)
class BuiltWhole:
    """A kept table that is built from all that has landed.

    Attributes:
        because: why it could not be carried on.
    """

    table: str
    because: str


def prepare_kept_tables(
    connection: duckdb.DuckDBPyConnection,
    families: Families,
    landing: Landing,
    context: RefreshContext,
    *,
    is_full: bool = False,
) -> list[BuiltWhole]:
    """Drop the kept tables that cannot be carried on; note what landed and the families in force.

    Args:
        is_full: whether somebody asks for all of them to be built whole.

    Returns:
        the tables that dbt will build whole, each with the reason.
    """
    if is_full:
        stale = dict.fromkeys(families.kept, "a full refresh was asked for")
    elif landing.took_rows_out:
        stale = dict.fromkeys(families.kept, "rows that had landed were withdrawn")
    elif context.is_past:
        stale = dict.fromkeys(families.kept, "it is a rebuild of the past")
    else:
        stale = _of_other_rules(connection, families)
    whole = _take_out(connection, families, stale)
    _note_new_files(connection, landing)
    return whole


def prepare_for_rules(
    connection: duckdb.DuckDBPyConnection, families: Families, rules_digest: str
) -> list[BuiltWhole]:
    """Drop the kept tables that other rules make stale, where nothing new has landed.

    Returns:
        the tables that dbt will build whole, each with the reason.
    """
    whole = _take_out(connection, families, _of_other_rules(connection, families))
    connection.execute("delete from raw.new_files")
    connection.execute("update raw.refresh_context set rules_digest = ?", [rules_digest])
    return whole


def _of_other_rules(connection: duckdb.DuckDBPyConnection, families: Families) -> dict[str, str]:
    """Tables that follow from a family that is another one now, with the reason."""
    before = _families_before(connection)
    return {
        table: "rules or models changed: "
        + ", ".join(sorted(families.kept[table] & families.changed(before)))
        for table in families.stale(before)
    }


def _take_out(
    connection: duckdb.DuckDBPyConnection, families: Families, stale: dict[str, str]
) -> list[BuiltWhole]:
    """Drop stale tables and note the families in force; what is missing then is built whole."""
    before = _tables(connection)
    for table in stale:
        connection.execute(f"drop table if exists {SCHEMA}.{identifier(table)}")
    there = before - set(stale)
    connection.execute("delete from raw.rule_families")
    if families.digests:
        connection.executemany(
            "insert into raw.rule_families values (?, ?)", list(families.digests.items())
        )
    whole = [
        BuiltWhole(table, stale.get(table, FIRST) if table in before else FIRST)
        for table in families.kept
        if table not in there
    ]
    connection.execute(
        "update raw.refresh_context set is_full_build = ?, is_carried_on = ?",
        [bool(whole), len(whole) < len(families.kept)],
    )
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
