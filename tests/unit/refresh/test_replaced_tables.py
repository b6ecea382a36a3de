"""What dbt is about to make is dropped first, and nothing else is."""

from pathlib import Path

import duckdb

from lead_warehouse.refresh.replaced_tables import drop_replaced

SCHEMAS = ("raw", "seeds", "staging", "intermediate", "marts", "exports", "quality")
ROWS = "select range as n, hash(range) as h from range(500000)"


def build(database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
            connection.execute(f"create table {schema}.own as select 1 as n")
        connection.execute("create table intermediate.int_states as select 1 as n")
        connection.execute("create view marts.seen as select * from intermediate.own")
        connection.execute(f"create table marts.fct_scores as {ROWS}")


def names(database: Path) -> set[str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() union all "
            "select schema_name || '.' || view_name from duckdb_views() where not internal"
        ).fetchall()
    return {name for (name,) in found}


def test_tables_that_dbt_makes_anew_are_dropped_and_what_is_carried_on_stays(
    tmp_path: Path,
) -> None:
    database = tmp_path / "warehouse.duckdb"
    build(database)
    assert drop_replaced(database, {"int_states", "int_not_there"}) == 4
    assert names(database) == {
        "raw.own",
        "seeds.own",
        "staging.own",
        "quality.own",
        "intermediate.int_states",
        "marts.seen",
    }


def test_what_is_made_anew_takes_the_place_of_what_was(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    build(database)
    before = database.stat().st_size
    drop_replaced(database, ())
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create table marts.fct_scores as {ROWS}")
    assert database.stat().st_size < before * 1.2
