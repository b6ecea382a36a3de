"""Keeps personal data out of the site: by the tags of dbt's models, and by how values look."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from lead_warehouse.errors import UserError
from lead_warehouse.yaml_files import read_yaml

READABLE = ("marts", "quality", "seeds")
READABLE_RAW = {
    "input_freshness",
    "landed_files",
    "landed_tables",
    "quarantined_rows",
    "refresh_context",
}
AS_DELIVERED = {"quarantined_rows": {"raw_record", "raw_line", "record", "raw_bytes", "value"}}
"""Columns of raw tables that may hold anything a file held."""

PEOPLE_OF_SALES = ("owner_id", "sales_user_id", "_by")
"""Endings of columns that name a person in sales; the site shows teams."""

MAIL_ADDRESS = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]"


def tagged_columns(models: Path) -> dict[str, set[str]]:
    """Columns tagged ``meta: {personal: true}``, by model or source table."""
    found: dict[str, set[str]] = {name: set(columns) for name, columns in AS_DELIVERED.items()}
    for path in sorted(models.rglob("*.yml")):
        declared = read_yaml(path) or {}
        tables = list(declared.get("models", []))
        for source in declared.get("sources", []):
            tables += source.get("tables", [])
        for table in tables:
            columns = {column["name"] for column in table.get("columns", []) if _is_tagged(column)}
            if columns:
                found.setdefault(table["name"], set()).update(columns)
    return found


def refuse_personal(
    connection: duckdb.DuckDBPyConnection, name: str, sql: str, tagged: dict[str, set[str]]
) -> set[tuple[str, str]]:
    """Refuse a query that reads a personal column, or a table that the site may not show.

    Returns:
        the schema and name of each table that it reads.

    Raises:
        UserError: names the query, the column and the remedy.
    """
    tree = _parsed(connection, name, sql)
    tables = {
        (node["schema_name"], node["table_name"])
        for node in _nodes(tree)
        if node.get("type") == "BASE_TABLE" and node.get("schema_name")
    }
    for schema, table in sorted(tables):
        if schema not in READABLE and not (schema == "raw" and table in READABLE_RAW):
            raise UserError(
                f"report query {name} reads {schema}.{table}; take it from a mart, since the site "
                f"shows {', '.join(READABLE)} only"
            )
    if any(node.get("catalog_name") for node in _nodes(tree) if node.get("type") == "BASE_TABLE"):
        raise UserError(f"report query {name} names a database; write schema.table")
    read = {table for _, table in tables if tagged.get(table)}
    personal = {column: table for table in read for column in tagged[table]}
    for node in _nodes(tree):
        column = node["column_names"][-1] if node.get("type") == "COLUMN_REF" else None
        if column in personal:
            raise UserError(
                f"report query {name} reads {personal[column]}.{column}, which is tagged as "
                "personal; leave it out, nothing personal may reach the site"
            )
        if node.get("type") == "SELECT_NODE" and (starred := _starred(node) & read):
            raise UserError(
                f"report query {name} takes * of {min(starred)}, which has columns tagged as "
                "personal; name the columns that the page shows"
            )
    return tables


def refuse_people(
    connection: duckdb.DuckDBPyConnection, name: str, table: str, columns: dict[str, str]
) -> None:
    """Refuse a result that names people in sales, or holds what looks like a mail address.

    Raises:
        UserError: names the query and the column.
    """
    for column in columns:
        if column.endswith(PEOPLE_OF_SALES):
            raise UserError(
                f"report query {name} shows {column}, a person in sales; show the team instead"
            )
    texts = [column for column, kind in columns.items() if kind == "VARCHAR"]
    for column in texts:
        found = connection.execute(
            f'select count(*) from {table} where regexp_matches("{column}", ?)', [MAIL_ADDRESS]
        ).fetchone()
        if found and found[0]:
            raise UserError(
                f"report query {name}: {found[0]} values of {column} look like mail addresses; "
                "leave the column out"
            )


def _is_tagged(column: dict[str, Any]) -> bool:
    metas = (column.get("meta") or {}, (column.get("config") or {}).get("meta") or {})
    return any(meta.get("personal") for meta in metas)


def _parsed(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> dict[str, Any]:
    row = connection.execute("select json_serialize_sql(?)", [sql]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {}
    if tree.get("error", True):
        raise UserError(f"report query {name}: {tree.get('error_message', 'cannot be read')}")
    if len(tree["statements"]) != 1:
        raise UserError(f"report query {name} must be one statement")
    return tree


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)


def _starred(select: dict[str, Any]) -> set[str]:
    """Tables whose columns a select takes with a star, those of its subqueries apart."""
    if not any(item.get("type") == "STAR" for item in select.get("select_list", [])):
        return set()
    return set(_tables_of(select.get("from_table") or {}))


def _tables_of(relation: dict[str, Any]) -> Iterator[str]:
    if relation.get("type") == "BASE_TABLE":
        yield relation["table_name"]
    for side in ("left", "right"):
        if isinstance(relation.get(side), dict):
            yield from _tables_of(relation[side])
