"""A SQLite file whose tables are made when they are first written to."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lead_warehouse.errors import LeadWarehouseError


@contextmanager
def writing(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """A connection for one transaction; ``schema`` makes the tables that are missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30)
    try:
        connection.executescript(schema)
        with connection:
            yield connection
    finally:
        connection.close()


@contextmanager
def reading(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """A connection that needs no right to write, and finds every table of ``schema``.

    Tables that an older version did not make are empty, in a copy in memory; so are all where
    there is no file yet.

    Raises:
        LeadWarehouseError: the file is damaged.
    """
    connection = (
        sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        if path.exists()
        else sqlite3.connect(":memory:")
    )
    try:
        connection = _with_every_table(connection, schema)
        yield connection
    except sqlite3.DatabaseError as error:
        raise LeadWarehouseError(
            f"{path} cannot be read ({error}); move it away, the next refresh makes it "
            "anew from what is published"
        ) from None
    finally:
        connection.close()


def _with_every_table(connection: sqlite3.Connection, schema: str) -> sqlite3.Connection:
    wanted, present = sqlite3.connect(":memory:"), _tables(connection)
    wanted.executescript(schema)
    if _tables(wanted) <= present:
        wanted.close()
        return connection
    wanted.close()
    copy = sqlite3.connect(":memory:")
    connection.backup(copy)
    connection.close()
    copy.executescript(schema)
    return copy


def _tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    return {name for (name,) in rows}
