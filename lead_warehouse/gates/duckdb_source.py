"""Great Expectations on DuckDB.

It has no native source: its engine closes the connection before rows are fetched. These two
classes keep one read-only connection open; expectations then run inside the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import sqlalchemy
from great_expectations.data_context import AbstractDataContext
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

from lead_warehouse.memory import memory_bytes
from lead_warehouse.state.engine import CONFINED


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keeps its one connection open between queries."""

    _connection: sqlalchemy.Connection | None

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
