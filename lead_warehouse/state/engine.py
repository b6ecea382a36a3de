"""What a connection of the warehouse may reach: its own database, and folders named here.

SQL is written by this package and by the models, never by mappings, rules or data. Should a value
find its way into a statement all the same, there is nothing outside for it to read or to write.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from lead_warehouse.memory import memory_settings
from lead_warehouse.sql import literal

STORAGE_VERSION = "v1.4.0"
"""Oldest DuckDB whose readers must be able to open a published file; as in ``profiles.yml``."""

SPILL = "spill"
"""Folder for what does not fit into memory, beside the build or in the state directory."""

OPEN_TO_SETTINGS = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
}
CONFINED = OPEN_TO_SETTINGS | {"lock_configuration": True}
"""Settings of a connection that reaches nothing but its database; in this order."""


def confine(
    connection: duckdb.DuckDBPyConnection,
    *folders: Path,
    files: Iterable[Path] = (),
    is_final: bool = True,
) -> None:
    """Close a connection off from files, network, extensions and variables of Python.

    Settings that a step needs, such as its memory or its time zone, come before. What is attached
    already stays within reach. There is no way back while the database is open.

    Args:
        folders: folders whose files may be read and written, symlinks out of them excepted.
        files: single files, likewise.
        is_final: whether no setting may be changed any more; not for dbt, which sets its own on
            each of its cursors.
    """
    connection.execute(
        f"set allowed_directories = [{_paths(folders)}]; set allowed_paths = [{_paths(files)}]"
    )
    for name, value in (CONFINED if is_final else OPEN_TO_SETTINGS).items():
        connection.execute(f"set {name} = {value}")


def use_utc(connection: duckdb.DuckDBPyConnection) -> None:
    """Read and write instants in UTC; on a confined connection this must have been done before."""
    if connection.execute("select current_setting('timezone')").fetchone() != ("UTC",):
        connection.execute("set timezone = 'UTC'")


def open_to_write(
    database: Path, *folders: Path, spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection that may change this database and files of the folders, and nothing else.

    Args:
        spill: for what does not fit into the memory of a refresh, which the connection keeps to;
            without one the engine's own limits hold.
    """
    connection = duckdb.connect(str(database))
    _prepare(connection, spill)
    confine(connection, *folders)
    return connection


def open_read_only(database: Path, spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A connection that can change nothing and reaches nothing but this file.

    Args:
        spill: as of :func:`open_to_write`.
    """
    connection = duckdb.connect(str(database), read_only=True)
    _prepare(connection, spill)
    confine(connection)
    return connection


def spill_of(database: Path) -> Path:
    """Where steps of a refresh put what of a build does not fit into memory; it is not sealed."""
    return database.parent / SPILL


def _prepare(connection: duckdb.DuckDBPyConnection, spill: Path | None) -> None:
    use_utc(connection)
    if spill is not None:
        for name, value in memory_settings(spill).items():
            connection.execute(f"set {name} = {literal(value)}")


def _paths(paths: Iterable[Path]) -> str:
    return ", ".join(literal(str(path.resolve())) for path in paths)
