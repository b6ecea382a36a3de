"""A database of others, read by an engine apart that can do nothing but read it."""

from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from lead_warehouse.landing.database_cells import (
    Cell,
    duckdb_cell,
    postgres_cell,
    sqlite_cell,
    with_readable_text,
)
from lead_warehouse.landing.database_source import DatabaseSource
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.nearest import did_you_mean
from lead_warehouse.sql import identifier, literal

MEMORY = "1GB"
"""What sorting a table may use before it goes to disk."""

_EXTENSIONS = {
    "sqlite": ("duckdb_extension_sqlite_scanner", "sqlite_scanner"),
    "postgres": ("duckdb_extension_postgres_scanner", "postgres_scanner"),
}
_TABLES = {
    "duckdb": (
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = 'source' and not internal union all "
        "select schema_name, view_name from duckdb_views() "
        "where database_name = 'source' and not internal"
    ),
    "sqlite": "select 'main', name from sqlite_master where type in ('table', 'view')",
    "postgres": (
        "select n.nspname::text, c.relname::text from pg_catalog.pg_class as c "
        "join pg_catalog.pg_namespace as n on n.oid = c.relnamespace "
        "where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' "
        "and n.nspname <> 'information_schema'"
    ),
}
_DEFAULT_SCHEMA = {"duckdb": "main", "sqlite": "main", "postgres": "public"}

_TYPE_IN_POSTGRES = (
    # A domain is read as what it is a domain of.
    "with recursive base as (select a.atttypid as type, a.atttypmod as modifier union all "
    "select t.typbasetype, t.typtypmod from base join pg_catalog.pg_type as t on t.oid = type "
    "where t.typtype = 'd') select format_type(type, modifier) from base "
    "join pg_catalog.pg_type as t on t.oid = type where t.typtype <> 'd'"
)


class DatabaseEngine:
    """One database, attached read-only; nothing else can be reached through it.

    What the database defines itself runs where it is, or, a view of a DuckDB file, in here: the
    engine may read no file but the database and write none outside ``folder``.
    """

    def __init__(self, source: DatabaseSource, folder: Path):
        self.source = source
        self._engine = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "memory_limit": MEMORY,
                # One thread writes the rows in their order, so that equal tables give equal bytes.
                "threads": 1,
                "temp_directory": str(folder / "spill"),
            }
        )
        try:
            self._attach(folder)
        except BaseException:
            self._engine.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._engine.close()

    def _attach(self, folder: Path) -> None:
        kind, address = self.source.engine, literal(self.source.address)
        if kind in _EXTENSIONS:
            self._engine.execute(f"load {literal(str(_extension(*_EXTENSIONS[kind])))}")
        self._engine.execute("set timezone = 'UTC'")
        try:
            self._engine.execute(f"attach {address} as source (type {kind}, read_only)")
        except duckdb.Error as error:
            raise HeldFile(
                f"database '{self.source.label}' cannot be opened ({self._told(error)}); "
                "see that it is there, reachable and open to this user"
            ) from None
        self._engine.execute(f"set allowed_directories = [{literal(str(folder.resolve()))}]")
        self._engine.execute("set enable_external_access = false")
        self._engine.execute("set lock_configuration = true")

    def find_table(self, name: str) -> tuple[str, str]:
        """Schema and name of a table.

        Raises:
            HeldFile: there is none of that name; with the nearest.
        """
        kind = self.source.engine
        schema, _, table = name.rpartition(".")
        wanted = (schema or _DEFAULT_SCHEMA[kind], table)
        known = self.ask(_TABLES[kind] if kind == "duckdb" else self._there(_TABLES[kind]))
        if wanted in known:
            return wanted
        shown = [
            table if schema == _DEFAULT_SCHEMA[kind] else f"{schema}.{table}"
            for schema, table in known
        ]
        hint = did_you_mean(name, shown) or "; see that it is there and may be read"
        raise HeldFile(f"no table '{name}' in database '{self.source.label}'{hint}")

    def columns(self, schema: str, table: str) -> dict[str, Cell]:
        """Column to how it is read, in the database's own dialect."""
        match self.source.engine:
            case "sqlite":
                # Generated columns are in xinfo alone, beside what virtual tables hide (1).
                listed = f"select name from pragma_table_xinfo({literal(table)}) where hidden <> 1"
                return {name: sqlite_cell(name) for (name,) in self.ask(self._there(listed))}
            case "postgres":
                rows = self.ask(
                    self._there(
                        f"select a.attname::text, ({_TYPE_IN_POSTGRES})::text "
                        "from pg_catalog.pg_attribute as a "
                        "join pg_catalog.pg_class as c on c.oid = a.attrelid "
                        "join pg_catalog.pg_namespace as n on n.oid = c.relnamespace "
                        f"where n.nspname = {literal(schema)} and c.relname = {literal(table)} "
                        "and a.attnum > 0 and not a.attisdropped order by a.attnum"
                    )
                )
                return {name: postgres_cell(name, kind) for name, kind in rows}
            case _:
                # A view is asked itself: what the catalog says of it is as old as the view.
                types = self.types(f"select * from source.{_place(schema, table)}")
                return {name: duckdb_cell(name, kind) for name, kind in types.items()}

    def select(self, schema: str, table: str, cells: dict[str, Cell]) -> str:
        """SQL of a table's rows; ``cells`` is column to how it is read."""
        listed = ", ".join(f"{cell.sql} as {identifier(name)}" for name, cell in cells.items())
        place = _place(schema, table)
        if self.source.engine == "duckdb":
            return f"select {listed} from source.{place}"
        rows = self._there(f"select {listed} from {place}")
        return with_readable_text(rows, cells) if self.source.engine == "sqlite" else rows

    def columns_of_bytes(self, schema: str, table: str, columns: list[str]) -> list[str]:
        """Columns in which a value is bytes, which only SQLite does not tell by their type."""
        if self.source.engine != "sqlite" or not columns:
            return []
        found = ", ".join(
            f"cast(max(typeof({identifier(name)}) = 'blob') as text)" for name in columns
        )
        (row,) = self.ask(self._there(f"select {found} from {_place(schema, table)}"))
        return [name for name, has_bytes in zip(columns, row, strict=True) if has_bytes == "1"]

    def types(self, select: str) -> dict[str, str]:
        """Column to the engine's type."""
        return {name: kind for name, kind, *_ in self.ask(f"describe {select}")}

    def copy(self, select: str, target: Path, options: str = "") -> int:
        """Write the rows of a query to a Parquet file, in one order; returns how many there were.

        Count and rows are of one transaction, which sees the database as of one instant.
        """
        try:
            self._engine.begin()
            ((count,),) = self.ask(f"select count(*) from ({select})")
            self._engine.execute(
                f"copy (select * from ({select}) order by all) to {literal(str(target))} "
                f"(format parquet{options})"
            )
            self._engine.commit()
        except duckdb.Error as error:
            raise self._unreadable(error) from None
        return int(count)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query.

        Raises:
            HeldFile: the database cannot be read.
        """
        try:
            return self._engine.execute(query).fetchall()
        except duckdb.Error as error:
            raise self._unreadable(error) from None

    def _there(self, query: str) -> str:
        """SQL of a query that the database answers itself."""
        return f"select * from {self.source.engine}_query('source', {literal(query)})"

    def _unreadable(self, error: duckdb.Error) -> HeldFile:
        return HeldFile(
            f"database '{self.source.label}' cannot be read ({self._told(error)}); "
            "see that it is whole and that this user may read the table"
        )

    def _told(self, error: duckdb.Error) -> str:
        """The first words of an engine, without passwords and paths."""
        return self.source.without_secrets(str(error)).partition(" LINE ")[0][:300]


def _place(schema: str, table: str) -> str:
    return f"{identifier(schema)}.{identifier(table)}"


def _extension(package: str, name: str) -> Path:
    """An extension as its Python package brings it; nothing is downloaded."""
    try:
        path = Path(str(files(package))) / "extensions" / f"v{duckdb.__version__}"
    except ModuleNotFoundError:
        raise HeldFile(f"package {package} is not installed; run `make setup`") from None
    found = path / f"{name}.duckdb_extension"
    if not found.is_file():
        raise HeldFile(f"package {package} is not of DuckDB {duckdb.__version__}; run `make setup`")
    return found
