import re
from random import Random

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_warehouse import PROJECT_DIR
from lead_warehouse.state.digest import FOLLOWS_FROM, combined_digest, digest_tables

Rows = list[tuple[int | None, str | None]]
rows_of_a_table = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(-9, 9)), st.one_of(st.none(), st.text(max_size=3))),
    max_size=8,
)


def digest(rows: Rows) -> str:
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create table marts.t (n integer, s varchar)")
        if rows:
            connection.executemany("insert into marts.t values (?, ?)", rows)
        return combined_digest(digest_tables(connection))


@given(rows_of_a_table, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: Rows, random: Random) -> None:
    shuffled = sorted(rows, key=lambda _: random.random())
    assert digest(rows) == digest(shuffled)


@given(rows_of_a_table, rows_of_a_table)
def test_other_rows_give_another_digest(left: Rows, right: Rows) -> None:
    same = sorted(map(repr, left)) == sorted(map(repr, right))
    assert (digest(left) == digest(right)) == same


def test_a_row_twice_is_not_no_row() -> None:
    assert (
        len({digest([]), digest([(1, "a")]), digest([(1, "a")] * 2), digest([(1, "a")] * 3)}) == 4
    )


def test_null_and_its_name_differ() -> None:
    assert digest([(1, None)]) != digest([(1, "null")]) != digest([(1, "NULL")])
    assert digest([(1, None)]) != digest([(1, "")])


def test_only_what_readers_rely_on_counts() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create table marts.t as select 1 as n")
        before = digest_tables(connection)
        connection.execute("create schema raw; create table raw.t as select 1 as n")
        assert digest_tables(connection) == before
        connection.execute("create schema exports; create view exports.v as from marts.t")
        assert set(digest_tables(connection)) == {"marts.t", "exports.v"}


@pytest.fixture
def ledger() -> duckdb.DuckDBPyConnection:
    """A ledger as the project has it, of two rows."""
    [(view, relation)] = FOLLOWS_FROM.items()
    connection = duckdb.connect()
    for name in (view, relation):
        connection.execute(f"create schema {name.partition('.')[0]}")
    connection.execute(
        f"create table {relation} as from (values (1, 5), (2, 7)) as t (place, points)"
    )
    connection.execute(
        f"create view {view} as "
        f"select place, sum(points) over (order by place) as so_far from {relation}"
    )
    return connection


def test_a_view_with_running_sums_is_digested_by_what_it_follows_from(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    [(view, relation)] = FOLLOWS_FROM.items()
    before = digest_tables(ledger)
    assert before.keys() == {view}
    assert before[view].told().keys() == {"rows", "hash_sum", "of"}
    assert (before[view].rows, before[view].of) == (2, relation)
    ledger.execute(f"update {relation} set points = 6 where place = 1")
    assert digest_tables(ledger)[view].rows == 2
    assert combined_digest(digest_tables(ledger)) != combined_digest(before)


def test_a_generation_is_held_against_its_manifest_by_what_that_was_made_of(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    [(view, _)] = FOLLOWS_FROM.items()
    sealed = digest_tables(ledger)
    told = {name: digest.told() for name, digest in sealed.items()}
    assert digest_tables(ledger, told) == sealed
    of_its_own_rows = digest_tables(ledger, {view: {"rows": 2, "hash_sum": "1"}})
    assert of_its_own_rows[view].of is None
    assert of_its_own_rows[view].hash_sum != sealed[view].hash_sum


def test_where_what_a_view_follows_from_is_not_there_its_own_rows_are_digested() -> None:
    [(view, _)] = FOLLOWS_FROM.items()
    with duckdb.connect() as connection:
        connection.execute(f"create schema marts; create table {view} as select 1 as n")
        [(name, digest)] = digest_tables(connection).items()
    assert (name, digest.rows, digest.of) == (view, 1, None)


@pytest.mark.parametrize(("view", "relation"), FOLLOWS_FROM.items())
def test_such_a_view_reads_nothing_else(view: str, relation: str) -> None:
    [model] = (PROJECT_DIR / "models").rglob(f"{view.partition('.')[2]}.sql")
    sql = model.read_text(encoding="utf-8")
    assert re.findall(r"ref\('(\w+)'\)", sql) == [relation.partition(".")[2]]
    assert "source(" not in sql
