from random import Random

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from lead_warehouse.state.digest import combined_digest, digest_tables

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
