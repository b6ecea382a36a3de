import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lead_warehouse.sql import identifier, literal, literals

CONNECTION = duckdb.connect()

texts = st.text(
    st.sampled_from(list("ab'\"\\;-$%{}\n"))
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)


@given(texts)
@settings(max_examples=150, deadline=None)
@example("'; drop table t; --")
@example("\\'")
@example("{{ env_var('HOME') }}")
def test_fault_50_any_text_is_a_literal_that_reads_back(text: str) -> None:
    assert CONNECTION.execute(f"select {literal(text)}").fetchone() == (text,)


@given(texts.filter(bool))
@settings(max_examples=150, deadline=None)
@example('"; drop table t; --')
@example('""')
def test_fault_50_any_text_is_an_identifier_that_reads_back(text: str) -> None:
    query = CONNECTION.execute(f"select {identifier(text)} from (select 1 as {identifier(text)})")
    assert [column[0] for column in query.description or []] == [text]
    assert query.fetchone() == (1,)


@given(st.lists(texts, min_size=1, max_size=5), texts)
@settings(max_examples=100, deadline=None)
def test_a_list_of_literals_holds_just_its_values(values: list[str], other: str) -> None:
    listed = literals(values)
    found = CONNECTION.execute(
        f"select {literal(values[-1])} in {listed}, {literal(other)} in {listed}"
    ).fetchone()
    assert found == (True, other in values)


@pytest.mark.parametrize(("value", "sql"), [(None, "null"), ("", "''"), ("it's", "'it''s'")])
def test_nothing_is_null_and_quotes_are_doubled(value: str | None, sql: str) -> None:
    assert literal(value) == sql


def test_quotes_in_identifiers_are_doubled() -> None:
    assert identifier('a"b') == '"a""b"'
