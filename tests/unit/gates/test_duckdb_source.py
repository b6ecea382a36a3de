"""What the checker asks of the catalogue."""

from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
import pytest
import sqlalchemy
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.exc import NoSuchTableError

from lead_warehouse.gates.duckdb_source import WholeSchemaInspector, open_source

TABLES = """
create table plain (a integer, "with space" varchar);
create schema marts;
create table marts.keyed (a integer, b decimal(18, 6) not null, primary key (a, b));
create table marts.plain (c timestamp, d varchar[]);
create view marts.looked_at as select c, 1.5 as e from marts.plain;
"""


@pytest.fixture
def inspector(tmp_path: Path) -> Inspector:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(TABLES)
    engine = sqlalchemy.create_engine(f"duckdb:///{database}")
    found = sqlalchemy.inspect(engine)
    assert isinstance(found, Inspector)
    return found


@pytest.mark.parametrize(
    ("table", "schema"),
    [("plain", None), ("keyed", "marts"), ("plain", "marts"), ("looked_at", "marts")],
)
def test_a_schema_asked_at_once_is_what_each_table_says(
    inspector: Inspector, table: str, schema: str | None
) -> None:
    whole = WholeSchemaInspector(inspector)
    expected = inspector.get_columns(table, schema)
    assert expected
    # Types are objects without equality.
    assert repr(whole.get_columns(table, schema)) == repr(expected)
    assert whole.get_pk_constraint(table, schema) == inspector.get_pk_constraint(table, schema)
    assert whole.dialect.name == "duckdb"


def test_of_one_look_at_a_schema_all_its_tables_are_known(
    inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = WholeSchemaInspector(inspector)
    whole.get_columns("keyed", "marts")
    whole.get_pk_constraint("keyed", "marts")

    def never(*asked: object, **named: object) -> None:
        raise AssertionError(f"asked again: {asked} {named}")

    for name in dir(Inspector):
        if name.startswith("get_"):
            monkeypatch.setattr(inspector, name, never)
    assert [one["name"] for one in whole.get_columns("looked_at", "marts")] == ["c", "e"]
    assert whole.get_pk_constraint("keyed", "marts")["constrained_columns"] == ["a", "b"]


def test_a_table_that_is_not_there_is_told_as_ever(inspector: Inspector) -> None:
    with pytest.raises(NoSuchTableError):
        WholeSchemaInspector(inspector).get_columns("nowhere", "marts")


def test_a_gate_looks_at_a_schema_once_for_all_its_tables(
    inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checker drops its own inspector with each table that it turns to."""
    database = inspector.engine.url.database
    assert database
    inspector.engine.dispose()
    looks: list[str | None] = []
    look = Inspector.get_multi_columns

    def counted(self: Inspector, schema: str | None = None, **asked: Any) -> Any:
        looks.append(schema)
        return look(self, schema=schema, **asked)

    monkeypatch.setattr(Inspector, "get_multi_columns", counted)
    source = open_source(gx.get_context(mode="ephemeral"), Path(database))
    for table in ("keyed", "plain", "looked_at"):
        asset = source.add_table_asset(table, table_name=table, schema_name="marts")
        batch = asset.add_batch_definition_whole_table("whole").get_batch()
        column = "a" if table == "keyed" else "c"
        assert batch.validate(gx.expectations.ExpectColumnToExist(column=column)).success
    assert looks == ["marts"]
