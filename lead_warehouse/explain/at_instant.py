"""Ask a generation as if it spoke for another instant.

What decays are views over undecayed points and over what was known since when. They take the
instant from one row, ``raw.refresh_context``. So an in-memory catalog of the same name, with views
on the generation and another row there, gives the same models at that instant. Where what a view
says is stored for the models on it, the view takes the place of the table.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.sql import identifier, literal
from lead_warehouse.state.engine import confine
from lead_warehouse.state.generations import ROLL_BACK, Generation
from lead_warehouse.state.layout import WAREHOUSE_FILE

CATALOG = WAREHOUSE_FILE.removesuffix(".duckdb")
CONTEXT = ("raw", "refresh_context")
ASKED = ("intermediate", "int_instants_asked")
"""Empty in a generation; rows put into it are answered by ``int_instants_scored``."""

STORED = {("intermediate", "int_signals_stored"): "int_signals_summed"}
"""Tables that hold what a view says of the instant a generation was built for, and that view."""


@contextmanager
def asking_at(
    generation: Generation, instant: datetime | None, *folders: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which the generation's views speak for ``instant``; none for its own.

    What changes nothing and reaches nothing but the generation, as when it is read plainly, and the
    ``folders``.

    Raises:
        UserError: ``instant`` lies after what the generation speaks for.
        LeadWarehouseError: the generation's views do not resolve.
    """
    refuse_later(generation, instant)
    as_of = instant or generation.as_of
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("set timezone = 'UTC'")
        _attach(connection, generation)
        connection.execute(f"attach ':memory:' as {identifier(CATALOG)}")
        connection.execute(f"use {identifier(CATALOG)}")
        _lay_over(connection, as_of, is_asked=instant is not None)
        confine(connection, *folders)
        yield connection
    finally:
        connection.close()


def refuse_later(generation: Generation, instant: datetime | None, option: str = "--at") -> None:
    """Raise where an instant lies after the one a generation speaks for.

    Raises:
        UserError: naming both.
    """
    if instant is not None and instant > generation.as_of:
        raise UserError(
            f"{option}: {instant} lies after {generation.as_of}, the instant {generation.run_id} "
            "speaks for; name an earlier one, or refresh with --as-of now"
        )


def can_ask(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the generation answers for instants asked for; those of earlier versions do not."""
    found = connection.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
        list(ASKED),
    )
    return found.fetchone() is not None


def ask_for(
    connection: duckdb.DuckDBPyConnection, lead_id: str, instants: Iterable[datetime]
) -> None:
    """Have ``int_instants_scored`` answer for a lead at these instants."""
    connection.executemany(
        f"insert into {'.'.join(map(identifier, ASKED))} values (?, ?)",
        [(lead_id, at) for at in instants],
    )


def _attach(connection: duckdb.DuckDBPyConnection, generation: Generation) -> None:
    try:
        connection.execute(f"attach {literal(str(generation.database))} as published (read_only)")
    except duckdb.Error as error:
        cause = f"cannot be opened ({error})" if generation.database.exists() else "is gone"
        raise LeadWarehouseError(f"{generation.database} {cause}; {ROLL_BACK}") from None


def _lay_over(connection: duckdb.DuckDBPyConnection, as_of: datetime, *, is_asked: bool) -> None:
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'published'"
    ).fetchall()
    views = connection.execute(
        "select view_name, sql from duckdb_views() "
        "where database_name = 'published' "
        "and not internal"
    ).fetchall()
    schemas = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = 'published' "
        "and not internal"
    ).fetchall()
    for (schema,) in schemas:
        connection.execute(f"create schema if not exists {identifier(schema)}")
    left = dict(views)
    for schema, table in tables:
        name = f"{identifier(schema)}.{identifier(table)}"
        view = STORED.get((schema, table)) if is_asked else None
        if view is not None:
            left[table] = f"create view {name} as from {identifier(schema)}.{identifier(view)}"
        elif (schema, table) == CONTEXT:
            connection.execute(
                f"create table {name} as "
                "select * replace (cast($at as timestamp) as as_of, "
                f"is_as_of_given or $is_asked as is_as_of_given) from published.{name}",
                {"at": as_of, "is_asked": is_asked},
            )
        else:
            connection.execute(f"create view {name} as select * from published.{name}")
    if left.pop(ASKED[1], None):
        name = ".".join(map(identifier, ASKED))
        connection.execute(f"create table {name} as from published.{name} limit 0")
    _create_in_order(connection, left)


def _create_in_order(connection: duckdb.DuckDBPyConnection, views: dict[str, str]) -> None:
    """Create views that may stand on one another; DuckDB keeps no order of theirs."""
    while views:
        left = dict(views)
        for name, sql in views.items():
            try:
                connection.execute(sql)
            except duckdb.CatalogException:
                continue
            del left[name]
        if len(left) == len(views):
            raise LeadWarehouseError(
                f"views of the generation do not resolve: {', '.join(sorted(left))}; refresh again"
            )
        views = left
