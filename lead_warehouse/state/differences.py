"""What changed between two generations: rows and columns of each mart and export."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb

from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.nearest import did_you_mean
from lead_warehouse.sql import identifier, literal
from lead_warehouse.state.digest import DIGESTED_SCHEMAS, TIMES_OF_PUBLICATION
from lead_warehouse.state.generations import Generation
from lead_warehouse.state.row_differences import Compared, changed_rows, count_changes

CATALOG = "warehouse"
"""The name views carry: whichever generation is asked must be attached under it."""

KEY_COMMENT = "primary key"
"""What the macro ``comment_on_key`` writes at the column that is the key of a mart."""


@dataclass(frozen=True)
class TableDifference:
    """How a table of one generation differs from the same of another.

    Attributes:
        added: rows only the later has; likewise ``removed``.
        changed: rows of the same key with another value; 0 for a table without a key, whose
            changed rows count as one removed and one added.
        key: columns of its primary key; none when it has none.
        columns: column to the number of rows in which it changed.
        schema_changes: columns added, removed and retyped, in words.
        is_new: only the later has the table; likewise ``is_gone``.
    """

    name: str
    added: int = 0
    removed: int = 0
    changed: int = 0
    key: tuple[str, ...] = ()
    columns: dict[str, int] = field(default_factory=dict)
    schema_changes: tuple[str, ...] = ()
    is_new: bool = False
    is_gone: bool = False

    @property
    def is_equal(self) -> bool:
        return not (
            self.added
            or self.removed
            or self.changed
            or self.schema_changes
            or self.is_new
            or self.is_gone
        )


@dataclass(frozen=True)
class ChangedRows:
    """Rows that differ: the change, the key, the column, its value before and after."""

    columns: list[str]
    values: list[tuple[object, ...]]


def compare(earlier: Generation, later: Generation) -> list[TableDifference]:
    """How every mart and export differs, by name. Times of publication do not count.

    Tables of equal digests and columns are not read.

    Raises:
        LeadWarehouseError: a generation cannot be read.
    """
    with _both(earlier, later) as (connection, shapes):
        names = sorted({*shapes[0], *shapes[1]})
        return [_difference(connection, name, earlier, later, shapes) for name in names]


def list_rows(earlier: Generation, later: Generation, mart: str, limit: int | None) -> ChangedRows:
    """The rows of one mart that differ, by key; a line for each changed cell.

    Raises:
        UserError: neither generation has such a mart, or only one has.
        LeadWarehouseError: a generation cannot be read.
    """
    with _both(earlier, later) as (connection, shapes):
        known = {*shapes[0], *shapes[1]}
        found = [name for name in known if mart in (name, name.partition(".")[2])]
        if not found:
            names = [name.partition(".")[2] for name in known]
            raise UserError(f"no mart '{mart}'{did_you_mean(mart, names)}")
        name = found[0]
        if name not in shapes[0] or name not in shapes[1]:
            raise UserError(f"only one of the generations has {name}; query it instead")
        _bring_in(connection, name, earlier, later)
        columns, values = changed_rows(connection, _compared(name, shapes), limit)
        return ChangedRows(columns, values)


Shape = dict[str, str]
"""Column name to type."""


@dataclass(frozen=True)
class _Table:
    columns: Shape
    key: tuple[str, ...]


Shapes = tuple[dict[str, _Table], dict[str, _Table]]


@contextmanager
def _both(
    earlier: Generation, later: Generation
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Shapes]]:
    try:
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            yield connection, (_shapes(connection, earlier), _shapes(connection, later))
    except duckdb.Error as error:
        raise LeadWarehouseError(
            f"the generations cannot be compared: {' '.join(str(error).split())}; "
            "`lead-warehouse doctor --all` says whether one is damaged"
        ) from None


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, generation: Generation) -> Iterator[None]:
    connection.execute(f"attach {literal(str(generation.database))} as {CATALOG} (read_only)")
    try:
        yield
    finally:
        connection.execute(f"detach {CATALOG}")


def _shapes(connection: duckdb.DuckDBPyConnection, generation: Generation) -> dict[str, _Table]:
    with _attached(connection, generation):
        columns = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type "
            "from duckdb_columns() where database_name = ? "
            "and schema_name in (select unnest(?)) order by 1, column_index",
            [CATALOG, list(DIGESTED_SCHEMAS)],
        ).fetchall()
        # Earlier generations had their keys enforced, by an index each.
        keys = connection.execute(
            "select schema_name || '.' || table_name, constraint_column_names "
            "from duckdb_constraints() where database_name = $catalog "
            "and constraint_type = 'PRIMARY KEY' "
            "union all "
            "select schema_name || '.' || table_name, list(column_name order by column_index) "
            "from duckdb_columns() where database_name = $catalog and comment = $key group by all",
            {"catalog": CATALOG, "key": KEY_COMMENT},
        ).fetchall()
    key_of = {name: tuple(key) for name, key in keys}
    shapes: dict[str, dict[str, str]] = {}
    for name, column, data_type in columns:
        shapes.setdefault(name, {})[column] = data_type
    return {name: _Table(shape, key_of.get(name, ())) for name, shape in shapes.items()}


def _difference(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    earlier: Generation,
    later: Generation,
    shapes: Shapes,
) -> TableDifference:
    before, after = (shape.get(name) for shape in shapes)
    digests = [one.manifest.get("tables", {}).get(name) for one in (earlier, later)]
    if before is None or after is None:
        rows = [int(digest["rows"]) if digest else 0 for digest in digests]
        return TableDifference(name, rows[1], rows[0], is_new=before is None, is_gone=after is None)
    schema_changes = tuple(_schema_changes(before.columns, after.columns))
    if digests[0] is not None and digests[0] == digests[1] and not schema_changes:
        return TableDifference(name, key=after.key)
    _bring_in(connection, name, earlier, later)
    compared = _compared(name, shapes)
    counts = count_changes(connection, compared)
    return TableDifference(
        name,
        counts.added,
        counts.removed,
        counts.changed,
        compared.key,
        counts.columns,
        schema_changes,
    )


def _compared(name: str, shapes: Shapes) -> Compared:
    before, after = shapes[0][name], shapes[1][name]
    common = [
        column
        for column in after.columns
        if column in before.columns and column not in TIMES_OF_PUBLICATION
    ]
    is_keyed = after.key and after.key == before.key
    retyped = {column for column in common if before.columns[column] != after.columns[column]}
    return Compared(after.key if is_keyed else (), tuple(common), frozenset(retyped))


def _schema_changes(before: Shape, after: Shape) -> Iterator[str]:
    for column, data_type in after.items():
        if column not in before:
            yield f"column {column} ({data_type.lower()}) is new"
        elif before[column] != data_type:
            yield f"column {column} was {before[column].lower()}, is {data_type.lower()}"
    for column in before:
        if column not in after:
            yield f"column {column} is gone"


def _bring_in(
    connection: duckdb.DuckDBPyConnection, name: str, earlier: Generation, later: Generation
) -> None:
    """Copy a table or view of both generations to where they can be joined."""
    schema, _, table = name.partition(".")
    for side, generation in (("earlier", earlier), ("later", later)):
        with _attached(connection, generation):
            connection.execute(
                f"create or replace temp table {side} as "
                f"from {CATALOG}.{identifier(schema)}.{identifier(table)}"
            )
