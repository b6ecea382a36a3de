"""Lists written into one cell."""

import json
import unicodedata

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_warehouse.contract import Column
from lead_warehouse.landing.casting import cast_column
from lead_warehouse.mapping import Input

CONNECTION = duckdb.connect()
TECH = Column(type="string", is_list=True, description="-")


def read(cell: str | None, **rule: str) -> tuple[str | None, str | None]:
    """The canonical list of a cell, and why there is none."""
    mapped = {"table": "leads", "columns": {"tech_stack": {"column": "c", **rule}}}
    one = Input.model_validate({"name": "x", "files": "*", "tables": [mapped]})
    made = cast_column("tech_stack", TECH, one.tables[0].columns["tech_stack"], one)
    # As it is, a cell cannot be wrong.
    (condition, reason), *others = made.problems() or [("false", "")]
    assert not others
    row = CONNECTION.execute(
        f"with framed as (select cast(? as varchar) as c), "
        f"texts as (select {made.text} as {made.text_name} from framed), "
        f"typed as (select *, {made.value} as {made.value_name} from texts) "
        f"select {made.value_name}, {condition} from typed",
        [cell],
    ).fetchone()
    assert row is not None
    return row[0], reason if row[1] else None


@pytest.mark.parametrize(
    ("cell", "listed"),
    [
        ("SAP|Kafka", "SAP;Kafka"),
        (" SAP | Kafka |", "SAP;Kafka"),
        ("one, two", "one, two"),
        ("|", None),
        ("", None),
        (None, None),
    ],
)
def test_a_declared_separator_parts_items(cell: str | None, listed: str | None) -> None:
    assert read(cell, list_separator="|") == (listed, None)


@pytest.mark.parametrize("separator", ["|", ",", "/", "\t", "#"])
def test_any_mark_may_part_items(separator: str) -> None:
    assert read(separator.join(["a", "b c", "d"]), list_separator=separator) == ("a;b c;d", None)


@pytest.mark.parametrize(
    ("cell", "listed"),
    [
        ('["SAP","Kafka"]', "SAP;Kafka"),
        (' [ "a, b" , "c" ] ', "a, b;c"),
        ('["\\u00e9t\\u00e9", "a\\"b", "c\\\\d", "]"]', 'été;a"b;c\\d;]'),
        ("[1, 12345678901234567890123, true, null]", "1;12345678901234567890123;true"),
        ("[]", None),
        ("[null]", None),
        ('["", null, " "]', None),
        ('["\xa0"]', None),
        ('["\\u00a0", "\u3000"]', None),
        ('["a", "\xa0"]', "a"),
    ],
)
def test_a_list_as_json(cell: str, listed: str | None) -> None:
    assert read(cell, list_format="json") == (listed, None)


@pytest.mark.parametrize(
    "cell",
    [
        "SAP",
        '["a",]',
        '["a" "b"]',
        "[1.10]",
        "[NaN]",
        '[["a"]]',
        '[{"a": 1}]',
        '["a;b"]',
        '["a\nb"]',
        '["a\\u0000b"]',
        '["\\ud800"]',
        '"a"',
        '["a"] x',
        "{a,b}",
    ],
)
def test_what_is_no_such_list_as_json_is_told(cell: str) -> None:
    listed, reason = read(cell, list_format="json")
    assert listed is None
    assert reason == "not a list as JSON, of texts and whole numbers without semicolons"


@pytest.mark.parametrize(
    ("cell", "listed"),
    [
        ("{SAP,Kafka}", "SAP;Kafka"),
        ('{"a, b",c d,"e\\"f","g\\\\h"}', 'a, b;c d;e"f;g\\h'),
        ('{NULL,"NULL",a}', "NULL;a"),
        ("{}", None),
        ("{NULL}", None),
        ('{null,""}', None),
    ],
)
def test_a_list_as_postgresql_writes_it(cell: str, listed: str | None) -> None:
    assert read(cell, list_format="postgres") == (listed, None)


@pytest.mark.parametrize(
    "cell", ["SAP", "{a,{b}}", "{a", "{a,,b}", '{"a"b}', "{a;b}", '{"a}', "[a]"]
)
def test_what_is_no_array_of_postgresql_is_told(cell: str) -> None:
    listed, reason = read(cell, list_format="postgres")
    assert listed is None
    assert str(reason).startswith("not a list as PostgreSQL writes an array")


def test_an_item_that_holds_a_semicolon_is_told_not_cut() -> None:
    listed, reason = read("a|b;c", list_separator="|")
    assert (listed, reason) == (None, "not a list separated by '|', of items without semicolons")


def test_without_a_rule_a_cell_stays_as_it_is() -> None:
    for cell in ('["a","b"]', "{a,b}", "a|b", "a;b"):
        assert read(cell) == (cell, None)


ITEMS = st.lists(
    st.text(st.characters(exclude_characters="\0;", exclude_categories=["Cs"]), min_size=1).filter(
        # Blanks of any width are nothing; other characters that show nothing are not.
        lambda item: any(unicodedata.category(one) != "Zs" for one in item)
    ),
    min_size=1,
)


@given(ITEMS, st.booleans())
def test_what_python_writes_as_json_is_read_back(items: list[str], ensure_ascii: bool) -> None:
    cell = json.dumps(items, ensure_ascii=ensure_ascii)
    assert read(cell, list_format="json") == (";".join(items), None)
