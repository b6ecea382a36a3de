"""What the pages show, taken from one generation into one small file that browsers read."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import duckdb

from lead_warehouse.errors import UserError
from lead_warehouse.report import masking, words
from lead_warehouse.report.personal import refuse_people, refuse_personal
from lead_warehouse.sql import identifier, literal
from lead_warehouse.state.engine import confine, use_utc
from lead_warehouse.state.generations import Generation

CRM_LEAD_URL = "LEAD_WAREHOUSE_CRM_LEAD_URL"

READABLE_STORAGE = "v1.0.0"
"""The storage that the browsers' DuckDB reads."""

BLOCK_SIZE = 16384
"""The smallest: most tables are a few rows, and browsers fetch what they need of the file."""

AS_TEXT = {"DATE": "%Y-%m-%d", "TIMESTAMP": "%Y-%m-%d %H:%M"}
"""Dates leave as text: a browser shows an instant in the reader's zone, and so another day."""


def export(
    generation: Generation,
    queries: Iterable[Path],
    target: Path,
    tagged: dict[str, set[str]],
    *,
    is_internal: bool,
) -> dict[str, int]:
    """Write a table for each query, named as its file, into the database ``target``.

    Returns:
        rows of each table.

    Raises:
        UserError: a query is wrong, or would show what the site must not show; names it.
    """
    target.unlink(missing_ok=True)
    rows: dict[str, int] = {}
    with duckdb.connect() as connection:
        use_utc(connection)
        connection.execute(f"attach {literal(str(generation.database))} as warehouse (read_only)")
        connection.execute(
            f"attach {literal(str(target))} as report"
            f" (storage_version {literal(READABLE_STORAGE)}, block_size {BLOCK_SIZE})"
        )
        confine(connection)
        masking.define(connection, is_internal)
        words.define(connection)
        connection.execute(
            "create table report.main.generation as select ? as run_id, ? as as_of,"
            " (select min(rules_digest) from warehouse.raw.refresh_context) as rules_digest,"
            " cast(? as varchar) as crm_lead_url",
            [
                generation.run_id,
                generation.as_of.strftime(AS_TEXT["TIMESTAMP"]),
                _crm_lead_url() if is_internal else None,
            ],
        )
        viewed: set[tuple[str, str]] = set()
        for path in sorted(queries, key=lambda path: path.stem):
            sql = path.read_text(encoding="utf-8").strip().rstrip(";")
            tables = refuse_personal(connection, path.stem, sql, tagged)
            try:
                for schema, table in sorted(tables - viewed):
                    _view(connection, schema, table, tagged.get(table, set()))
                viewed |= tables
                rows[path.stem] = _write(connection, path.stem, sql, is_internal=is_internal)
            except duckdb.Error as error:
                text = " ".join(str(error).split())
                raise UserError(f"report query {path.stem}: {text}") from None
    return rows


def content_digest(path: Path) -> str:
    """A short digest of a data file's bytes, for its name."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _crm_lead_url() -> str | None:
    """Where the CRM shows a lead, with ``{lead_id}`` in it; none when nobody said.

    Raises:
        UserError: it is no address of a web page.
    """
    address = os.environ.get(CRM_LEAD_URL) or None
    if address and not (address.startswith("https://") and "{lead_id}" in address):
        raise UserError(f"{CRM_LEAD_URL} must begin with https:// and contain {{lead_id}}")
    return address


def _view(connection: duckdb.DuckDBPyConnection, schema: str, table: str, hidden: set[str]) -> None:
    """A table without its personal columns, under its own name: there is no other way to it."""
    described = connection.execute(
        "select column_name from duckdb_columns() where database_name = 'warehouse'"
        " and schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    if not described:
        raise duckdb.CatalogException(
            f"there is no {schema}.{table} in this generation; refresh, then build the report"
        )
    columns = ", ".join(identifier(name) for (name,) in described if name not in hidden)
    connection.execute(f"create schema if not exists {identifier(schema)}")
    connection.execute(
        f"create or replace view {identifier(schema)}.{identifier(table)} as"
        f" select {columns} from warehouse.{identifier(schema)}.{identifier(table)}"
    )


def _write(connection: duckdb.DuckDBPyConnection, name: str, sql: str, *, is_internal: bool) -> int:
    described = connection.execute(f"describe {sql}").fetchall()
    columns = ", ".join(
        f"strftime({identifier(column)}, '{AS_TEXT[kind]}') as {identifier(column)}"
        if kind in AS_TEXT
        else identifier(column)
        for column, kind, *_ in described
    )
    table = f"report.main.{identifier(name)}"
    connection.execute(f"create table {table} as select {columns} from ({sql})")
    types = {
        str(column): str(kind)
        for column, kind, *_ in connection.execute(f"describe {table}").fetchall()
    }
    refuse_people(connection, name, table, types)
    if not is_internal:
        masking.refuse_small(connection, name, sql, table, types)
    counted = connection.execute(f"select count(*) from {table}").fetchone()
    return int(counted[0]) if counted else 0
