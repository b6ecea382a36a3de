"""Great Expectations on DuckDB.

It has no native source: its engine closes the connection before rows are fetched. These classes
keep one read-only connection open; expectations then run inside the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import sqlalchemy
from great_expectations.data_context import AbstractDataContext
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy.engine.reflection import Inspector, ObjectKind, ObjectScope

from lead_warehouse.memory import memory_bytes
from lead_warehouse.state.engine import CONFINED


class WholeSchemaInspector:
    """Columns and keys of all tables of a schema, asked for at once.

    Each table by itself costs two passes over the engine's catalogue, which holds every column of
    the warehouse: a quarter of a gate.
    """

    def __init__(self, inspector: Inspector) -> None:
        self.dialect = inspector.dialect
        self._inspector = inspector
        self._of_schemas: dict[tuple[str, str | None], Any] = {}

    def get_columns(self, table_name: str, schema: str | None = None) -> Any:
        """As SQLAlchemy's inspector; it is the one to say that there is no such table."""
        found = self._of_schema("get_multi_columns", schema).get((schema, str(table_name)))
        return found or self._inspector.get_columns(table_name, schema)

    def get_pk_constraint(self, table_name: str, schema: str | None = None) -> Any:
        """As SQLAlchemy's inspector; a view has no key."""
        found = self._of_schema("get_multi_pk_constraint", schema).get((schema, str(table_name)))
        return found or self._inspector.get_pk_constraint(table_name, schema)

    def _of_schema(self, question: str, schema: str | None) -> Any:
        """The answer for each table of a schema, tables and views alike."""
        if (question, schema) not in self._of_schemas:
            self._of_schemas[question, schema] = getattr(self._inspector, question)(
                schema=schema, kind=ObjectKind.ANY, scope=ObjectScope.ANY
            )
        return self._of_schemas[question, schema]


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keeps its one connection open between queries, and asks for a schema's columns once."""

    _connection: sqlalchemy.Connection | None
    # The inspector of the class itself is dropped with each table, since others make tables.
    _whole: WholeSchemaInspector | None = None

    def get_inspector(self) -> Any:
        if self._whole is None:
            self._whole = WholeSchemaInspector(sqlalchemy.inspect(self.engine))
        return self._whole

    @contextmanager
    def get_connection(self) -> Iterator[sqlalchemy.Connection]:
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


# Below, `type` is a field of the data source.
EngineClass = type[SqlAlchemyExecutionEngine]


class DuckDBDatasource(SQLDatasource):
    """A DuckDB file, opened read-only."""

    type: Literal["duckdb"] = "duckdb"

    @property
    def execution_engine_type(self) -> EngineClass:
        return DuckDBExecutionEngine


def open_source(context: AbstractDataContext, database: Path) -> DuckDBDatasource:
    """A data source over the file; no expectation can write to it or reach anything else."""
    # What does not fit goes where DuckDB puts it by itself: a confined engine is told no other.
    config = {"memory_limit": f"{memory_bytes()}B"} | CONFINED
    source = DuckDBDatasource(
        name="warehouse",
        connection_string=f"duckdb:///{database}",
        create_temp_table=False,
        kwargs={"connect_args": {"read_only": True, "config": config}},
    )
    source._data_context = context
    # With each table the context writes its whole configuration as YAML to memory, where nobody
    # reads it: a fifth of the time of a gate.
    vars(context)["_save_project_config"] = lambda: None
    return source
