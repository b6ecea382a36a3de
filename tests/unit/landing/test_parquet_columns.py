import json
from typing import Any

import duckdb
import pytest

from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.parquet_columns import json_of, kind_of, malformed_cell, text_of


def ask(sql: str, value: str) -> Any:
    """What SQL over a column ``it's "c"`` gives for a value."""
    name = '"it\'s ""c"""'
    row = duckdb.sql(f"select {sql} from (select {value} as {name})").fetchone()
    assert row is not None
    return row[0]


NAME = 'it\'s "c"'


@pytest.mark.parametrize(
    ("sql_type", "kind"),
    [
        ("VARCHAR", "text"),
        ("VARCHAR[]", "list"),
        ("UUID", "text"),
        ("TIME WITH TIME ZONE", "text"),
        ("UTINYINT", "number"),
        ("INTEGER", "integer"),
        ("SMALLINT", "number"),
        ("HUGEINT", "number"),
        ("DECIMAL(18,4)", "number"),
        ("FLOAT", "number"),
        ("BOOLEAN", "boolean"),
        ("DATE", "date"),
        ("TIMESTAMP", "timestamp"),
        ("TIMESTAMP", "timestamp"),
        ("TIMESTAMP_NS", "timestamp of another unit"),
        ("TIMESTAMP WITH TIME ZONE", "instant"),
    ],
)
def test_a_type_says_what_a_column_holds(sql_type: str, kind: str) -> None:
    assert kind_of("c", sql_type) == kind


@pytest.mark.parametrize(
    ("sql_type", "told"),
    [
        ("STRUCT(a INTEGER, b VARCHAR)", "type struct,"),
        ("MAP(VARCHAR, INTEGER)", "type map,"),
        ("INTEGER[]", "type list,"),
        ("VARCHAR[][]", "type list,"),
        ("STRUCT(a VARCHAR[])", "type struct,"),
        ("VARIANT", "type variant,"),
        ("BLOB", "bytes, not text"),
    ],
)
def test_other_types_are_refused(sql_type: str, told: str) -> None:
    with pytest.raises(HeldFile, match=told):
        kind_of("c", sql_type)


def test_a_list_s_items_are_separated_by_semicolons() -> None:
    assert ask(text_of(NAME, "VARCHAR[]"), "['a', null, 'b c']") == "a;b c"
    assert ask(text_of(NAME, "VARCHAR[]"), "['', 'y', ' ']") == "y"
    assert ask(text_of(NAME, "VARCHAR[]"), "null::varchar[]") is None


def test_cells_that_would_be_misread_are_told() -> None:
    def reasons(sql_type: str, value: str) -> list[str]:
        found = malformed_cell(NAME, sql_type)
        return [reason for condition, reason in found if ask(condition, value)]

    assert reasons("VARCHAR", "'a;b'") == []
    assert reasons("VARCHAR", "'a' || chr(0)") == [f"a NUL byte in column '{NAME}'"]
    assert reasons("VARCHAR[]", "['a', null]") == []
    assert reasons("VARCHAR[]", "null::varchar[]") == []
    assert reasons("VARCHAR[]", "[null, 'a;b']") == [
        f"an item of the list in column '{NAME}' holds a semicolon"
    ]
    assert malformed_cell(NAME, "BIGINT") == []


@pytest.mark.parametrize(
    ("sql_type", "value", "expected"),
    [
        ("DOUBLE", "'nan'::double", "nan"),
        ("FLOAT", "'-inf'::float", "-inf"),
        ("DOUBLE", "2.5::double", 2.5),
        ("DOUBLE", "null::double", None),
        ("VARCHAR", "'é\"' || chr(0)", 'é"\0'),
        ("STRUCT(a INTEGER)", "{'a': 1}", {"a": 1}),
        ("DOUBLE[]", "['nan'::double, 1]", "[nan, 1.0]"),
        ("DOUBLE[]", "['-inf'::double]", "[-inf]"),
        ("DOUBLE[]", "[1.5::double, null]", [1.5, None]),
        ("DOUBLE[]", "null::double[]", None),
        ("STRUCT(a FLOAT, b VARCHAR)", "{'a': 'inf'::float, 'b': 'x'}", "{'a': inf, 'b': x}"),
        ("STRUCT(a FLOAT, b VARCHAR)", "{'a': 1::float, 'b': 'NaN'}", {"a": 1.0, "b": "NaN"}),
        ("MAP(VARCHAR, DOUBLE)", "map {'k': 'nan'::double}", "{k=nan}"),
        ("BLOB", r"'\xFF'::blob", r"\xFF"),
    ],
)
def test_a_row_is_valid_json(sql_type: str, value: str, expected: Any) -> None:
    def refuse(word: str) -> None:
        raise ValueError(word)

    text = ask(json_of({NAME: sql_type}), value)
    assert json.loads(text, parse_constant=refuse) == {NAME: expected}
