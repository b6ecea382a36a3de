from pathlib import Path

import duckdb
import pytest

from lead_warehouse.errors import UserError
from lead_warehouse.state.differences import TableDifference, compare, list_rows
from lead_warehouse.state.digest import digest_tables
from lead_warehouse.state.generations import Generation, Generations
from lead_warehouse.state.layout import StateDirectory

EARLIER = """
create schema marts; create schema exports;
create table marts.dim_leads (lead_id varchar primary key, stage varchar, score double);
insert into marts.dim_leads values ('a', 'lead', 1), ('b', null, 2), ('c', 'mql', 3);
create table marts.same as select 1 as n;
create table marts.gone as select 1 as n;
create view marts.stages as select stage, first_published_at from (
    select stage, timestamp '2026-01-01' as first_published_at from warehouse.marts.dim_leads);
create table exports.rows (n integer); insert into exports.rows values (1), (1), (2);
"""
LATER = """
create schema marts; create schema exports;
create table marts.dim_leads (lead_id varchar not null, stage varchar, score varchar, new date);
comment on column marts.dim_leads.lead_id is 'primary key';
comment on column marts.dim_leads.stage is 'another';
insert into marts.dim_leads values
    ('a', 'mql', '1.0', null), ('b', 'lead', '2.0', null), ('d', 'x', '3.0', null);
create table marts.same as select 1 as n;
create view marts.stages as select stage, first_published_at from (
    select stage, timestamp '2027-01-01' as first_published_at from warehouse.marts.dim_leads);
create table exports.rows (n integer); insert into exports.rows values (1), (2), (3);
"""


def seal(state: StateDirectory, run_id: str, sql: str) -> Generation:
    state.building.parent.mkdir(parents=True)
    with duckdb.connect(str(state.building)) as connection:
        connection.execute(sql)
        tables = {name: vars(one) for name, one in digest_tables(connection).items()}
    return Generations(state).seal(run_id, {"tables": tables, "is_past": False})


@pytest.fixture
def both(tmp_path: Path) -> tuple[Generation, Generation]:
    state = StateDirectory(tmp_path / "state")
    return seal(state, "a", EARLIER), seal(state, "b", LATER)


def test_rows_columns_and_shapes_that_differ_are_told_by_table(
    both: tuple[Generation, Generation],
) -> None:
    found = {one.name: one for one in compare(*both)}
    assert found["marts.dim_leads"] == TableDifference(
        "marts.dim_leads",
        added=1,
        removed=1,
        changed=2,
        key=("lead_id",),
        columns={"stage": 2},
        schema_changes=("column score was double, is varchar", "column new (date) is new"),
    )
    assert found["marts.same"].is_equal
    assert found["marts.gone"].is_gone and found["marts.gone"].removed == 1
    # A view is asked in its own file; when readers saw a row first is no change.
    assert found["marts.stages"] == TableDifference("marts.stages", 1, 1, columns={"stage": 1})
    rows = found["exports.rows"]
    assert (rows.added, rows.removed, rows.columns) == (1, 1, {"n": 1})


def test_a_generation_is_equal_to_itself(both: tuple[Generation, Generation]) -> None:
    assert all(one.is_equal for one in compare(both[0], both[0]))


def test_the_rows_of_a_mart_are_listed_cell_by_cell(both: tuple[Generation, Generation]) -> None:
    found = list_rows(*both, "dim_leads", limit=None)
    assert found.columns == ["change", "lead_id", "column", "before", "after"]
    assert found.values == [
        ("changed", "a", "stage", "lead", "mql"),
        ("changed", "b", "stage", None, "lead"),
        ("removed", "c", None, None, None),
        ("added", "d", None, None, None),
    ]
    assert len(list_rows(*both, "marts.dim_leads", limit=2).values) == 2
    assert sorted(list_rows(*both, "rows", limit=None).values) == [("added", 3), ("removed", 1)]
    with pytest.raises(UserError, match="did you mean 'dim_leads'"):
        list_rows(*both, "dim_lead", limit=None)
    with pytest.raises(UserError, match="only one"):
        list_rows(*both, "gone", limit=None)
