"""Digests of published rows: equal exactly when the rows are, whatever their order.

The hash of a row is the engine's own, so digests are compared between generations of one version of
it; every generation names its version.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from lead_warehouse.sql import identifier

DIGESTED_SCHEMAS = ("marts", "exports")
"""What readers rely on; the layers below hold file names and other traces of landing."""


TIMES_OF_PUBLICATION = ("first_published_at",)
"""Columns that tell when readers saw a row. They follow from the clock and not from the inputs, so
the same inputs have the same digest whenever they are refreshed."""


FOLLOWS_FROM = {"marts.fct_score_contributions": "intermediate.int_score_contributions_unioned"}
"""Views of which each row follows from one row of a relation and from those before it. What they
add are running sums and what is made of those, which takes five times as long as reading the
relation (docs/adr/0078)."""


@dataclass(frozen=True)
class TableDigest:
    """Rows of a table and the sum of their 64-bit hashes (a xor would lose pairs of rows).

    Attributes:
        of: the relation whose rows were read in place of a view's; none where they were its own.
    """

    rows: int
    hash_sum: str
    of: str | None = None

    def told(self) -> dict[str, Any]:
        """As a manifest has it."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def digest_tables(
    connection: duckdb.DuckDBPyConnection, as_in: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, TableDigest]:
    """``schema.table`` to digest, for every table and view readers rely on.

    Args:
        as_in: tables of a manifest to compare with, which tell by what relations their views were
            digested; none for what a build is sealed with.
    """
    found = connection.execute(
        "select table_schema, table_name from information_schema.tables order by all"
    ).fetchall()
    there = {f"{schema}.{table}": schema for schema, table in found}
    if as_in is None:
        # An erasure seals anew what an earlier version built, which may have no such relation.
        as_in = {view: {"of": of} for view, of in FOLLOWS_FROM.items() if of in there}
    digests = {}
    for name in (name for name, schema in there.items() if schema in DIGESTED_SCHEMAS):
        of = as_in.get(name, {}).get("of")
        read = ".".join(identifier(part) for part in (of or name).split("."))
        row = connection.execute(
            "select count(*), coalesce(sum(cast(hash(t) as hugeint)), 0) "
            f"from (select columns(c -> not list_contains(?, c)) from {read}) as t",
            [list(TIMES_OF_PUBLICATION)],
        ).fetchone()
        assert row is not None
        digests[name] = TableDigest(int(row[0]), str(row[1]), of)
    return digests


def combined_digest(tables: Mapping[str, TableDigest]) -> str:
    """One digest over all tables."""
    text = json.dumps({name: digest.told() for name, digest in sorted(tables.items())})
    return hashlib.sha256(text.encode()).hexdigest()
