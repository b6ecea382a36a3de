"""Tracked interactions whose own time is over, whoever they are of: visits of a site above all."""

from collections.abc import Collection

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.sql import identifier

Lines = dict[str, dict[str, list[int]]]
"""Input and digest of a file to lines of records."""

VIEW = ("intermediate", "int_interactions_outdated")


def outdated_lines(
    connection: duckdb.DuckDBPyConnection, contract: Contract, tables: Collection[str]
) -> tuple[Lines, dict[str, int]]:
    """Where the records are that may be kept no longer; none before a model has said it.

    Args:
        tables: inputs that read tables of databases. Each snapshot has all rows, so they stay until
            the source has them no more.

    Returns:
        also input to records that stay, since they tell something else as well, a lead for example,
        or are of a table.
    """
    known = connection.execute(
        "select 1 from duckdb_views() where schema_name = ? and view_name = ?", list(VIEW)
    ).fetchone()
    if known is None:
        return {}, {}
    rows = connection.execute(
        f"select input_name, file_digest, list(file_line order by file_line) from {'.'.join(VIEW)} "
        "group by all order by all"
    ).fetchall()
    others = set(tables)
    for table in contract.tables:
        if rows and table != "interactions":
            found = connection.execute(f"select distinct input_name from raw.{identifier(table)}")
            others |= {name for (name,) in found.fetchall()}
    lines: Lines = {}
    left: dict[str, int] = {}
    for name, digest, numbers in rows:
        if name in others:
            left[name] = left.get(name, 0) + len(numbers)
        else:
            lines.setdefault(name, {})[digest] = numbers
    return lines, left


def count_of(lines: Lines) -> int:
    """How many records they are."""
    return sum(len(found) for files in lines.values() for found in files.values())
