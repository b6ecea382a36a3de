"""Macros on their own: rendered with a stand-in for dbt, run on DuckDB."""

from types import SimpleNamespace

import duckdb
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from lead_warehouse import PROJECT_DIR

DBT = SimpleNamespace(type_string=lambda: "varchar", length="length({})".format)

# Values made to collide: the marks that the key uses itself, empty text, null.
values = st.one_of(st.none(), st.text(alphabet="1:-a", max_size=3))
pairs = st.tuples(values, values)


def render(file: str, call: str) -> str:
    source = (PROJECT_DIR / "macros" / file).read_text()
    template = Environment(autoescape=False).from_string(source + "{{ " + call + " }}")
    return template.render(dbt=DBT).strip()


KEY = render("keys/surrogate_key.sql", "surrogate_key(['a', 'b'])")


def key(row: tuple[str | None, str | None]) -> str:
    found = duckdb.execute(f"select {KEY} from (select ? as a, ? as b)", row).fetchone()
    assert found is not None
    return str(found[0])


@given(pairs, pairs)
def test_surrogate_keys_are_equal_exactly_when_rows_are(
    left: tuple[str | None, str | None], right: tuple[str | None, str | None]
) -> None:
    assert (key(left) == key(right)) == (left == right)


def test_records_are_ordered_by_knowledge_then_by_where_they_stand() -> None:
    order = "known_at, file_name, file_digest, file_line, input_name"
    assert render("keys/record_order.sql", "record_order()") == order
    descending = ", ".join(f"{column} desc" for column in order.split(", "))
    assert render("keys/record_order.sql", "record_order('desc')") == descending
    changed = render("keys/record_order.sql", "record_order('asc', 'updated_at')")
    assert changed == order.replace("known_at,", "known_at, coalesce(updated_at, known_at),")
