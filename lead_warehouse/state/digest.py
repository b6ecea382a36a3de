"""Digests of published rows: equal exactly when the rows are, whatever their order.

The hash of a row is the engine's own, so digests are compared between generations of one version of
it; every generation names its version.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

import duckdb

from lead_warehouse.sql import identifier

DIGESTED_SCHEMAS = ("marts", "exports")
"""What readers rely on; the layers below hold file names and other traces of landing."""


TIMES_OF_PUBLICATION = ("first_published_at",)
"""Columns that tell when readers saw a row. They follow from the clock and not from the inputs, so
the same inputs have the same digest whenever they are refreshed."""


@dataclass(frozen=True)
class TableDigest:
    """Rows of a table and the sum of their 64-bit hashes (a xor would lose pairs of rows)."""

    rows: int
    hash_sum: str


def digest_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, TableDigest]:
    """``schema.table`` to digest, for every table and view readers rely on."""
    names = connection.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema in (select unnest(?)) order by all",
        [list(DIGESTED_SCHEMAS)],
    ).fetchall()
    digests = {}
    for schema, table in names:
        row = connection.execute(
            "select count(*), coalesce(sum(cast(hash(t) as hugeint)), 0) "
            f"from (select columns(c -> not list_contains(?, c)) "
            f"from {identifier(schema)}.{identifier(table)}) as t",
            [list(TIMES_OF_PUBLICATION)],
        ).fetchone()
        assert row is not None
        digests[f"{schema}.{table}"] = TableDigest(int(row[0]), str(row[1]))
    return digests


def combined_digest(tables: dict[str, TableDigest]) -> str:
    """One digest over all tables."""
    text = json.dumps({name: asdict(digest) for name, digest in sorted(tables.items())})
    return hashlib.sha256(text.encode()).hexdigest()
