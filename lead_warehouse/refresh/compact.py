"""Rewrite a build whose file holds mostly blocks that nothing uses any more.

A build is a copy of the last one in which nearly every model is made anew. What that leaves free in
the file only costs disk, and time at the next copy.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lead_warehouse.errors import RunFailed
from lead_warehouse.failpoints import failpoint
from lead_warehouse.memory import memory_settings
from lead_warehouse.sql import identifier, literal
from lead_warehouse.state.engine import spill_of

FREE_SHARE = 0.6
"""A file with a greater share of free blocks is rewritten. Tables are dropped before they are made
anew, so that only what shrinks and what is kept leaves any."""

LEAST_BLOCKS = 64
"""Smaller files (16 MiB) are left alone."""

REWRITTEN = "rewritten.duckdb"


@dataclass(frozen=True)
class Compaction:
    """What a rewriting did, in bytes."""

    before: int
    after: int


def needs_compaction(
    database: Path, free_share: float = FREE_SHARE, least_blocks: int = LEAST_BLOCKS
) -> bool:
    """Whether more than ``free_share`` of the blocks of a file are free."""
    with duckdb.connect(str(database), read_only=True) as connection:
        row = connection.execute(
            "select total_blocks, free_blocks from pragma_database_size()"
        ).fetchone()
    assert row is not None
    total, free = row
    return bool(total >= least_blocks and free > total * free_share)


def compact(report: Callable[[str], None], database: Path, storage_version: str) -> Compaction:
    """Rewrite ``database`` in place, without its free blocks; called in a process of its own.

    Raises:
        RunFailed: the rewritten file does not hold the same rows; the build stays as it was.
        duckdb.Error: it cannot be written.
    """
    rewritten = database.with_name(REWRITTEN)
    rewritten.unlink(missing_ok=True)
    before = database.stat().st_size
    report("rewriting the file without its free blocks")
    with duckdb.connect(config={**memory_settings(spill_of(database))}) as connection:
        # Views carry the catalog's name: under another one they could not be copied.
        connection.execute(f"attach {literal(str(database))} as {database.stem} (read_only)")
        connection.execute(
            f"attach {literal(str(rewritten))} as rewritten "
            f"(storage_version {literal(storage_version)})"
        )
        connection.execute(f"copy from database {database.stem} to rewritten")
        connection.execute("checkpoint rewritten")
        report("comparing it with the build")
        differing = _differences(connection, database.stem, "rewritten")
    if differing:
        rewritten.unlink()
        raise RunFailed(
            f"{', '.join(differing)} differ in the rewritten file, which is discarded; "
            "please report it"
        )
    failpoint("compacting")
    os.replace(rewritten, database)
    return Compaction(before, database.stat().st_size)


def _differences(connection: duckdb.DuckDBPyConnection, left: str, right: str) -> list[str]:
    """Tables whose rows, columns or keys are not the same, and views that are missing."""
    described = []
    for catalog in (left, right):
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = ? "
            "order by all",
            [catalog],
        ).fetchall()
        contents = {
            f"{schema}.{table}": connection.execute(
                f"select count(*), sum(hash(t)) from "
                f"{catalog}.{identifier(schema)}.{identifier(table)} as t"
            ).fetchone()
            for schema, table in tables
        }
        views = connection.execute(
            "select schema_name || '.' || view_name from duckdb_views() "
            "where database_name = ? and not internal",
            [catalog],
        ).fetchall()
        shapes = connection.execute(
            "select schema_name || '.' || table_name, list((column_name, data_type, is_nullable) "
            "order by column_index) from duckdb_columns() where database_name = ? group by 1",
            [catalog],
        ).fetchall()
        keys = connection.execute(
            "select schema_name || '.' || table_name, list((constraint_type, "
            "constraint_column_names) order by constraint_index) from duckdb_constraints() "
            "where database_name = ? group by 1",
            [catalog],
        ).fetchall()
        names = {*contents, *(name for (name,) in views)}
        described.append(
            {
                name: (contents.get(name), dict(shapes).get(name), dict(keys).get(name))
                for name in names
            }
        )
    one, other = described
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
