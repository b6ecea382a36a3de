"""Read a finished build once, whole, in a process of its own, before anyone relies on it."""

from collections.abc import Callable
from pathlib import Path

from lead_warehouse.errors import RunFailed
from lead_warehouse.sql import identifier
from lead_warehouse.state.checksums import damaged_blocks
from lead_warehouse.state.digest import DIGESTED_SCHEMAS, TableDigest, digest_tables
from lead_warehouse.state.engine import open_read_only


def verify(report: Callable[[str], None], database: Path) -> dict[str, TableDigest]:
    """Read every block, and every row of every table and view; digest what readers rely on.

    Raises:
        RunFailed: a block is damaged, one of an index for example, which no scan reads.
        duckdb.Error: a page is damaged, or a view does not resolve.
    """
    report("checking blocks")
    if damaged := damaged_blocks(database):
        raise RunFailed(
            f"{len(damaged)} blocks of {database} are damaged, block {damaged[0]} first"
        )
    with open_read_only(database) as connection:
        # What is digested is read by that.
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema not in (select unnest(?)) order by all",
            [list(DIGESTED_SCHEMAS)],
        ).fetchall()
        for schema, table in names:
            report(f"reading {schema}.{table}")
            connection.execute(
                f"select count(*), sum(hash(t)) from {identifier(schema)}.{identifier(table)} as t"
            ).fetchall()
        report("digesting")
        return digest_tables(connection)
