"""Read a finished build once, whole, in a process of its own, before anyone relies on it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lead_warehouse.errors import RunFailed
from lead_warehouse.sql import identifier
from lead_warehouse.state.checksums import damaged_blocks
from lead_warehouse.state.digest import DIGESTED_SCHEMAS, TableDigest, digest_tables
from lead_warehouse.state.engine import open_read_only


def verify(
    report: Callable[[str], None],
    database: Path,
    spill: Path,
    as_in: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, TableDigest]:
    """Read every block, and every row of every table; digest what readers rely on.

    Views below the marts have no rows of their own: that they resolve is asked, and what marts need
    of them is read with the marts.

    Args:
        spill: folder for what does not fit into the memory of a refresh.
        as_in: tables of the manifest that the digests are compared with; none for a new build.

    Raises:
        RunFailed: a block is damaged, one of an index for example, which no scan reads.
        duckdb.Error: a page is damaged, or a view does not resolve.
    """
    report("checking blocks")
    if damaged := damaged_blocks(database):
        raise RunFailed(f"damaged blocks of {database}: {len(damaged)}, the first is {damaged[0]}")
    with open_read_only(database, spill) as connection:
        # What is digested is read by that.
        names = connection.execute(
            "select table_schema, table_name, table_type = 'VIEW' from information_schema.tables "
            "where table_schema not in (select unnest(?)) order by all",
            [list(DIGESTED_SCHEMAS)],
        ).fetchall()
        for schema, table, is_view in names:
            report(f"reading {schema}.{table}")
            relation = f"{identifier(schema)}.{identifier(table)}"
            asked = (
                f"select * from {relation} limit 0"
                if is_view
                else (f"select count(*), sum(hash(t)) from {relation} as t")
            )
            connection.execute(asked).fetchall()
        report("digesting")
        return digest_tables(connection, as_in)
