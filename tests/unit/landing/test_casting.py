from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import Column
from lead_warehouse.landing.casting import BLANKS, cast_column, cast_known_at
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier

CONNECTION = duckdb.connect()
CONNECTION.execute("set timezone = 'UTC'")

Cells = str | None | Mapping[str, str | None]


@dataclass(frozen=True)
class Outcome:
    value: object
    problems: list[str]


def accepted(value: object) -> Outcome:
    return Outcome(value, [])


def refused(reason: str, value: object = None) -> Outcome:
    return Outcome(value, [reason])


def an_input(source: Any, **settings: Any) -> Input:
    mapped = {"table": "t", "columns": {"v": source}}
    return Input.model_validate({"name": "x", "files": "*", "tables": [mapped], **settings})


def cast(
    kind: str,
    cells: Cells,
    source: Any = "c",
    contract: Any = None,
    name: str = "v",
    **settings: Any,
) -> Outcome:
    """Cast one cell (of the file's column ``c``), or cells by column, through ``source``."""
    one = an_input(source, **settings)
    column = Column.model_validate({"type": kind, "description": "-", **(contract or {})})
    return run(cast_column(name, column, one.tables[0].columns["v"], one), cells)


def run(made: Any, cells: Cells) -> Outcome:
    by_name = cells if isinstance(cells, Mapping) else {"c": cells}
    framed = ", ".join(f"cast(? as varchar) as {identifier(name)}" for name in by_name)
    unlisted = f", {made.is_unlisted} as {made.unlisted_name}" if made.is_unlisted else ""
    problems = made.problems()
    row = CONNECTION.execute(
        f"""
        with framed as (select {framed}),
        texts as (select {made.text} as {made.text_name}{unlisted} from framed),
        typed as (select *, {made.value} as {made.value_name} from texts),
        settled as (select {", ".join(["*", *made.flags()])} from typed)
        select {", ".join([made.value_name, *(condition for condition, _ in problems)])}
        from settled
        """,
        list(by_name.values()),
    ).fetchone()
    assert row is not None
    return Outcome(
        row[0], [why for found, (_, why) in zip(row[1:], problems, strict=True) if found]
    )


# Every type: empty cells and blanks


TYPES = ["string", "bigint", "double", "decimal", "boolean", "date", "timestamp"]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("cell", [None, "", " ", "   "])
def test_an_empty_cell_is_null(kind: str, cell: str | None) -> None:
    assert cast(kind, cell) == accepted(None)


@pytest.mark.parametrize("cell", ["\t", " \t\n", "\xa0"])
def test_a_cell_of_any_blanks_is_empty(cell: str) -> None:
    # As a line of such blanks is a blank record: a required key may not be a tab.
    assert cast("string", cell, contract={"required": True}) == refused("required but empty")


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("cell", [None, "", "  "])
def test_a_required_column_may_not_be_empty(kind: str, cell: str | None) -> None:
    assert cast(kind, cell, contract={"required": True}) == refused("required but empty")


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("bigint", " 42 ", 42),
        ("double", " 1.5 ", 1.5),
        ("decimal", " 1.5 ", Decimal("1.5")),
        ("boolean", " yes ", True),
        ("date", " 2024-01-05 ", date(2024, 1, 5)),
        ("timestamp", " 2024-01-05 10:00:00 ", datetime(2024, 1, 5, 10)),
        ("timestamp", " 2024-01-05T10:00:00Z ", datetime(2024, 1, 5, 10)),
        ("string", " text ", " text "),
    ],
)
def test_blanks_around_a_value_mean_nothing_but_in_text(
    kind: str, cell: str, value: object
) -> None:
    assert cast(kind, cell) == accepted(value)


@pytest.mark.parametrize("blank", BLANKS)
def test_a_blank_of_any_kind_ends_no_value_and_no_key(blank: str) -> None:
    for cell in (f"42{blank}", f"{blank}42", f"{blank}42{blank}{blank}"):
        assert cast("bigint", cell) == accepted(42)
        assert cast("string", cell, name="lead_id") == accepted("42")
    assert cast("string", f"4{blank}2", name="lead_id") == accepted(f"4{blank}2")


def test_declared_empty_values_are_null() -> None:
    for cell in ("N/A", "-"):
        assert cast("string", cell, empty_values=["N/A", "-"]) == accepted(None)
        assert cast("bigint", cell, empty_values=["N/A", "-"]) == accepted(None)
    assert cast("string", "n/a", empty_values=["N/A"]) == accepted("n/a")


def test_a_required_column_may_not_hold_a_declared_empty_value() -> None:
    outcome = cast("string", "N/A", contract={"required": True}, empty_values=["N/A"])
    assert outcome == refused("required but empty")


# Strings


@pytest.mark.parametrize("text", ["a@b.example", 'O\'Neil "x"', "a;b\nc", "漢😀", "null", "NaN"])
def test_text_stays_as_it_is(text: str) -> None:
    assert cast("string", text) == accepted(text)


# Numbers


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0", 0),
        ("42", 42),
        ("-42", -42),
        ("+42", 42),
        ("007", 7),
        ("100.0", 100),
        ("100.", 100),
        ("100.000000", 100),
        ("9223372036854775807", 9223372036854775807),
        ("-9223372036854775808", -9223372036854775808),
    ],
)
def test_a_whole_number_is_an_integer(cell: str, value: int) -> None:
    assert cast("bigint", cell) == accepted(value)


@pytest.mark.parametrize(
    "cell",
    [
        "1.6",
        "0.5",
        ".5",
        "1,000",
        "1 000",
        "1'000",
        "1_000",
        "1e3",
        "0x1F",
        "--1",
        "+",
        "abc",
        "1-",
        "1.0.0",
        "NaN",
        "inf",
        "9223372036854775808",
        "１２",
        "12 people",
        "€12",
    ],
)
def test_fault_33_what_is_no_integer_is_refused(cell: str) -> None:
    assert cast("bigint", cell) == refused("not an integer")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", "12"),
        ("12.3456", "12.3456"),
        ("12.34560000", "12.3456"),
        ("-0.0001", "-0.0001"),
        ("+1.5", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("99999999999999.9999", "99999999999999.9999"),
    ],
)
def test_a_decimal_is_exact(cell: str, value: str) -> None:
    assert cast("decimal", cell) == accepted(Decimal(value))


@pytest.mark.parametrize(
    "cell",
    [
        "1.23456",
        "0.00001",
        "1,5",
        "1,234.56",
        "1 234",
        "1e3",
        "NaN",
        "inf",
        ".",
        "-",
        "$5",
        "5%",
        "100000000000000",
        "-100000000000000.5",
    ],
)
def test_fault_33_a_decimal_that_would_be_rounded_or_guessed_is_refused(cell: str) -> None:
    reason = "not a number with at most 4 decimals and decimal mark '.'"
    assert cast("decimal", cell) == refused(reason)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1.5", 1.5), ("-2", -2.0), ("+.5", 0.5), ("1e3", 1000.0), ("1.5E-3", 0.0015), ("7.", 7.0)],
)
def test_a_double_may_have_an_exponent(cell: str, value: float) -> None:
    assert cast("double", cell) == accepted(value)


@pytest.mark.parametrize(
    "cell", ["1,5", "1,000.5", "nan", "NaN", "inf", "-Infinity", "1e", "e3", "0x1p3", "1d", "1_0"]
)
def test_fault_33_what_is_no_double_is_refused(cell: str) -> None:
    assert cast("double", cell) == refused("not a number with decimal mark '.'")


@pytest.mark.parametrize("cell", ["1e999", "-1e999"])
def test_a_double_that_overflows_is_refused(cell: str) -> None:
    assert cast("double", cell) == refused("not a number with decimal mark '.'")


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("decimal", "1234,5", Decimal("1234.5")),
        ("decimal", ",5", Decimal("0.5")),
        ("double", "1,5e3", 1500.0),
        ("bigint", "100,0", 100),
        ("bigint", "100", 100),
    ],
)
def test_fault_33_a_declared_decimal_comma_is_read(kind: str, cell: str, value: object) -> None:
    assert cast(kind, cell, decimal_mark=",") == accepted(value)
    assert cast(kind, cell, {"column": "c", "decimal_mark": ","}) == accepted(value)


@pytest.mark.parametrize("kind", ["decimal", "double", "bigint"])
@pytest.mark.parametrize(
    "cell", ["1.234", "1.234,5", "1.000.000", "1,2,3", "1.5", "1?5", "1 234,5"]
)
def test_fault_33_a_point_is_never_guessed_where_the_mark_is_a_comma(kind: str, cell: str) -> None:
    outcome = cast(kind, cell, decimal_mark=",")
    assert outcome.value is None
    assert len(outcome.problems) == 1


def test_a_column_s_own_decimal_mark_beats_the_input_s() -> None:
    source = {"column": "c", "decimal_mark": "."}
    assert cast("decimal", "1.5", source, decimal_mark=",") == accepted(Decimal("1.5"))


# Booleans


@pytest.mark.parametrize("cell", ["true", "TRUE", "t", "Yes", "y", "1"])
def test_words_for_true(cell: str) -> None:
    assert cast("boolean", cell) == accepted(True)


@pytest.mark.parametrize("cell", ["false", "False", "F", "no", "N", "0"])
def test_words_for_false(cell: str) -> None:
    assert cast("boolean", cell) == accepted(False)


@pytest.mark.parametrize("cell", ["2", "oui", "on", "x", "-1", "1.0", "truee"])
def test_other_words_are_no_booleans(cell: str) -> None:
    assert cast("boolean", cell) == refused("not true or false")


def test_other_words_become_booleans_by_a_value_map() -> None:
    source = {"column": "c", "values": {"oui": "true", "non": "false", "?": None}}
    assert cast("boolean", "oui", source) == accepted(True)
    assert cast("boolean", "non", source) == accepted(False)
    assert cast("boolean", "?", source) == accepted(None)


# Dates


@pytest.mark.parametrize(
    ("cell", "form", "value"),
    [
        ("2024-02-29", None, date(2024, 2, 29)),
        ("05/01/2024", "%d/%m/%Y", date(2024, 1, 5)),
        ("05/01/2024", "%m/%d/%Y", date(2024, 5, 1)),
        ("05.01.24", "%d.%m.%y", date(2024, 1, 5)),
        ("5 Jan 2024", "%d %b %Y", date(2024, 1, 5)),
        ("20240105", "%Y%m%d", date(2024, 1, 5)),
        ("9999-12-31", None, date(9999, 12, 31)),
    ],
)
def test_a_date_is_read_by_the_declared_format(cell: str, form: str | None, value: date) -> None:
    settings = {"date_format": form} if form else {}
    assert cast("date", cell, **settings) == accepted(value)
    assert cast("date", cell, {"column": "c", "format": form}) == accepted(value)


@pytest.mark.parametrize(
    "cell",
    ["2024-02-30", "2023-02-29", "2024-13-01", "05/01/2024", "2024-01-05 00:00:00", "2024-01", "x"],
)
def test_fault_33_what_is_no_such_date_is_refused(cell: str) -> None:
    assert cast("date", cell) == refused("not a date as %Y-%m-%d")


def test_a_day_that_cannot_be_a_month_is_refused_by_the_declared_format() -> None:
    assert cast("date", "13/01/2024", date_format="%m/%d/%Y") == refused("not a date as %m/%d/%Y")


def test_a_year_of_two_digits_is_not_read_as_one_of_four() -> None:
    outcome = cast("date", "31/12/24", date_format="%d/%m/%Y")
    assert outcome == refused("not a date as %d/%m/%Y")


def test_a_column_s_own_format_beats_the_input_s() -> None:
    source = {"column": "c", "format": "%Y/%m/%d"}
    assert cast("date", "2024/01/05", source, date_format="%d/%m/%Y").value == date(2024, 1, 5)


# Timestamps


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2024-01-05 10:20:30", datetime(2024, 1, 5, 10, 20, 30)),
        ("2024-01-05T10:20:30", datetime(2024, 1, 5, 10, 20, 30)),
        ("2024-01-05 10:20", datetime(2024, 1, 5, 10, 20)),
        ("2024-01-05 10:20:30.5", datetime(2024, 1, 5, 10, 20, 30, 500_000)),
        ("2024-01-05 10:20:30.123456", datetime(2024, 1, 5, 10, 20, 30, 123_456)),
        ("2024-01-05 10:20:30.123456000", datetime(2024, 1, 5, 10, 20, 30, 123_456)),
    ],
)
def test_an_iso_timestamp_without_offset_is_utc_by_default(cell: str, value: datetime) -> None:
    assert cast("timestamp", cell) == accepted(value)


@pytest.mark.parametrize(
    ("offset", "hour", "minute"),
    [
        ("Z", 10, 20),
        (" Z", 10, 20),
        ("+00:00", 10, 20),
        ("+02", 8, 20),
        ("+0200", 8, 20),
        ("+02:00", 8, 20),
        (" +02:00", 8, 20),
        (" UTC", 10, 20),
        ("-05:30", 15, 50),
        ("-0530", 15, 50),
        ("-05", 15, 20),
    ],
)
@pytest.mark.parametrize("separator", [" ", "T"])
def test_fault_32_an_explicit_offset_is_converted_and_beats_the_time_zone(
    offset: str, hour: int, minute: int, separator: str
) -> None:
    cell = f"2024-07-05{separator}10:20:30{offset}"
    expected = accepted(datetime(2024, 7, 5, hour, minute, 30))
    assert cast("timestamp", cell) == expected
    assert cast("timestamp", cell, time_zone="Asia/Tokyo") == expected


@pytest.mark.parametrize("offset", ["Z", "+00:00", "+00", "+0000"])
def test_an_offset_may_follow_a_time_without_seconds(offset: str) -> None:
    assert cast("timestamp", f"2024-07-05T10:20{offset}") == accepted(datetime(2024, 7, 5, 10, 20))


@pytest.mark.parametrize("offset", ["+99:99", "-25:00", "+02:60"])
def test_an_impossible_offset_is_refused(offset: str) -> None:
    outcome = cast("timestamp", f"2024-01-05 10:00:00{offset}")
    assert (outcome.value, len(outcome.problems)) == (None, 1)


@pytest.mark.parametrize(
    ("zone", "cell", "value"),
    [
        ("Europe/Paris", "2024-01-05 10:00:00", datetime(2024, 1, 5, 9)),
        ("Europe/Paris", "2024-07-05 10:00:00", datetime(2024, 7, 5, 8)),
        ("America/Sao_Paulo", "2018-01-05 00:00:00", datetime(2018, 1, 5, 2)),
        ("America/Sao_Paulo", "2018-07-05 00:00:00", datetime(2018, 7, 5, 3)),
        ("Asia/Kolkata", "2024-01-01 01:00:00", datetime(2023, 12, 31, 19, 30)),
        ("UTC", "2024-07-05 10:00:00", datetime(2024, 7, 5, 10)),
    ],
)
def test_fault_32_a_local_time_is_read_in_the_declared_zone(
    zone: str, cell: str, value: datetime
) -> None:
    assert cast("timestamp", cell, time_zone=zone) == accepted(value)
    assert cast("timestamp", cell, {"column": "c", "time_zone": zone}) == accepted(value)


def test_fault_32_an_offset_settles_the_hour_that_comes_twice() -> None:
    summer = cast("timestamp", "2024-10-27 02:30:00+02:00", time_zone="Europe/Paris")
    winter = cast("timestamp", "2024-10-27 02:30:00+01:00", time_zone="Europe/Paris")
    assert summer == accepted(datetime(2024, 10, 27, 0, 30))
    assert winter == accepted(datetime(2024, 10, 27, 1, 30))


def test_a_column_s_own_time_zone_beats_the_input_s() -> None:
    source = {"column": "c", "time_zone": "Asia/Tokyo"}
    outcome = cast("timestamp", "2024-01-05 10:00:00", source, time_zone="Europe/Paris")
    assert outcome == accepted(datetime(2024, 1, 5, 1))


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-05",
        "05/01/2024 10:00",
        "2024-02-30 10:00:00",
        "2024-01-05 25:00:00",
        "1704448800",
        "2024-01-05 10:00:60",
        "2024-01-05 10:60:00",
        "2024-01-05 10:00:00.1234567",
        "2024-01-05 10:00:00 Europe/Paris",
        "2024-01-05 10:00:00 CET",
        "2024-01-05 10:00 PM",
        "2024-01-05 10:00:00+2",
        "2024-01-05  10:00:00",
        "2024-01-05t10:00:00z",
        "now",
        "x",
    ],
)
def test_fault_33_what_is_no_iso_timestamp_is_refused(cell: str) -> None:
    outcome = cast("timestamp", cell)
    assert outcome.value is None
    assert outcome.problems == [
        "not a timestamp as YYYY-MM-DD hh:mm:ss; declare 'format' if it is written otherwise"
    ]


@pytest.mark.parametrize(
    ("cell", "form", "value"),
    [
        ("05/01/2024 10:20", "%d/%m/%Y %H:%M", datetime(2024, 1, 5, 9, 20)),
        ("01/05/2024 10:20 PM", "%m/%d/%Y %I:%M %p", datetime(2024, 1, 5, 21, 20)),
        ("2024-07-05", "%Y-%m-%d", datetime(2024, 7, 4, 22)),
        ("5 Jul 2024 10:20:30.5", "%d %b %Y %H:%M:%S.%f", datetime(2024, 7, 5, 8, 20, 30, 500_000)),
    ],
)
def test_a_declared_format_is_read_in_the_declared_zone(
    cell: str, form: str, value: datetime
) -> None:
    settings = {"timestamp_format": form, "time_zone": "Europe/Paris"}
    assert cast("timestamp", cell, **settings) == accepted(value)
    source = {"column": "c", "format": form, "time_zone": "Europe/Paris"}
    assert cast("timestamp", cell, source) == accepted(value)


@pytest.mark.parametrize("offset", ["+0200", "+02:00", "+02"])
def test_an_offset_in_a_declared_format_beats_the_time_zone(offset: str) -> None:
    settings = {"timestamp_format": "%d/%m/%Y %H:%M %z", "time_zone": "Asia/Tokyo"}
    outcome = cast("timestamp", f"05/07/2024 10:00 {offset}", **settings)
    assert outcome == accepted(datetime(2024, 7, 5, 8))


@pytest.mark.parametrize("cell", ["2024-01-05 10:00:00", "05/01/2024", "05/01/2024 10:00:00", ""])
def test_fault_33_a_declared_format_takes_nothing_else(cell: str) -> None:
    outcome = cast("timestamp", cell, timestamp_format="%d/%m/%Y %H:%M")
    assert outcome == (refused("not a timestamp as %d/%m/%Y %H:%M") if cell else accepted(None))


# Value maps, constants, joins


STAGES = {"MQL": "mql", "Won it's": "won", "gone": None}


def test_a_value_map_keeps_other_values_unless_told_otherwise() -> None:
    source = {"column": "c", "values": STAGES}
    assert cast("string", "MQL", source) == accepted("mql")
    assert cast("string", "Won it's", source) == accepted("won")
    assert cast("string", "gone", source) == accepted(None)
    assert cast("string", "mql ", source) == accepted("mql ")
    assert cast("string", None, source) == accepted(None)


def test_a_value_map_may_refuse_other_values() -> None:
    source = {"column": "c", "values": STAGES, "other_values": "reject"}
    assert cast("string", "MQL", source) == accepted("mql")
    assert cast("string", "gone", source) == accepted(None)
    assert cast("string", "mql", source) == refused("not among the mapped values", "mql")
    assert cast("string", "", source) == accepted(None)


def test_a_mapped_value_is_cast_too() -> None:
    source = {"column": "c", "values": {"many": "1000", "some": "few"}}
    assert cast("bigint", "many", source) == accepted(1000)
    assert cast("bigint", "12", source) == accepted(12)
    assert cast("bigint", "some", source) == refused("not an integer")


def test_only_enumerated_values_are_taken() -> None:
    contract = {"values": ["open", "won"]}
    assert cast("string", "won", contract=contract) == accepted("won")
    assert cast("string", None, contract=contract) == accepted(None)
    for other in ("Won", "won ", "lost"):
        assert cast("string", other, contract=contract) == refused("not one of open, won", other)


@pytest.mark.parametrize(
    ("kind", "constant", "value"),
    [
        ("string", "it's; --", "it's; --"),
        ("bigint", 12, 12),
        ("decimal", 1.5, Decimal("1.5")),
        ("boolean", True, True),
        ("boolean", False, False),
        ("timestamp", "2024-01-05T10:00:00+02:00", datetime(2024, 1, 5, 8)),
    ],
)
def test_a_constant_is_the_value_of_every_row(kind: str, constant: object, value: object) -> None:
    assert cast(kind, "ignored", {"constant": constant}) == accepted(value)


def test_a_constant_that_is_no_such_value_is_refused() -> None:
    assert cast("bigint", None, {"constant": "many"}) == refused("not an integer")


def test_a_join_puts_columns_and_constants_together() -> None:
    source = {"join": [{"constant": "it's"}, "a", "b"], "separator": ":"}
    assert cast("string", {"a": "1", "b": "x"}, source) == accepted("it's:1:x")
    assert cast("string", {"a": "1", "b": "x"}, {"join": ["a", "b"]}) == accepted("1-x")


@pytest.mark.parametrize("empty", [None, "", " ", "N/A"])
def test_a_join_with_an_empty_part_is_empty(empty: str | None) -> None:
    source = {"join": ["a", {"constant": "k"}, "b"]}
    outcome = cast("string", {"a": "1", "b": empty}, source, empty_values=["N/A"])
    assert outcome == accepted(None)
    required = {"required": True}
    outcome = cast("string", {"a": empty, "b": "1"}, source, required, empty_values=["N/A"])
    assert outcome == refused("required but empty")


def test_a_part_of_a_join_may_have_a_value_map() -> None:
    source = {"join": [{"column": "a", "values": {"x": "y", "n": None}}, "b"], "separator": ""}
    assert cast("string", {"a": "x", "b": "1"}, source) == accepted("y1")
    assert cast("string", {"a": "n", "b": "1"}, source) == accepted(None)


def test_any_part_of_a_join_may_refuse_other_values() -> None:
    rules = {"values": {"x": "y"}, "other_values": "reject"}
    source = {"join": [{"column": "a", **rules}, {"column": "b", **rules}]}
    assert cast("string", {"a": "x", "b": "x"}, source) == accepted("y-y")
    for a, b, joined in (("z", "x", "z-y"), ("x", "z", "y-z"), ("z", "z", "z-z")):
        outcome = cast("string", {"a": a, "b": b}, source)
        assert outcome == refused("not among the mapped values", joined)
    assert cast("string", {"a": "x", "b": None}, source) == accepted(None)


# Known-at


def test_a_known_at_column_is_a_timestamp() -> None:
    one = an_input("c", known_at={"column": "k", "format": "%d/%m/%Y", "time_zone": "Europe/Paris"})
    assert one.known_at is not None
    made = cast_known_at(one.known_at, one)
    assert run(made, {"k": " 05/01/2024 "}) == accepted(datetime(2024, 1, 4, 23))
    assert run(made, {"k": ""}) == accepted(None)
    assert run(made, {"k": "soon"}) == refused("not a timestamp as %d/%m/%Y")


def test_a_known_at_cell_may_be_padded() -> None:
    one = an_input("c", known_at="k")
    assert one.known_at is not None
    made = cast_known_at(one.known_at, one)
    assert run(made, {"k": " 2024-01-05 10:00:00\t"}) == accepted(datetime(2024, 1, 5, 10))


def test_a_known_at_column_may_refuse_other_values() -> None:
    known_at = {"column": "k", "values": {"never": None}, "other_values": "reject"}
    one = an_input("c", known_at=known_at)
    assert one.known_at is not None
    outcome = run(cast_known_at(one.known_at, one), {"k": "2024-01-05 10:00:00"})
    assert outcome.problems == ["not among the mapped values"]


# Fault 50: nothing in a mapping is SQL


@pytest.mark.parametrize("text", ["'); drop table t; --", '"', "''", "\\", "{{ 1 }}", "%s", "?"])
def test_fault_50_names_and_values_stay_literal(text: str) -> None:
    assert cast("string", {text: text}, {"column": text}) == accepted(text)
    assert cast("string", "x", {"constant": text}) == accepted(text)
    assert cast("string", "x", {"column": "c", "values": {"x": text}}) == accepted(text)
    assert cast("string", text, {"column": "c", "values": {text: "y"}}) == accepted("y")
    joined = cast("string", {"a": "1", "b": "2"}, {"join": ["a", "b"], "separator": text})
    assert joined == accepted(f"1{text}2")
    assert cast("string", text, empty_values=[text]) == accepted(None)


# Marks of thousands


@pytest.mark.parametrize(
    ("kind", "cell", "mark", "thousands", "value"),
    [
        ("bigint", "1,234,567", ".", ",", 1234567),
        ("bigint", "1234567", ".", ",", 1234567),
        ("bigint", "-1,234.00", ".", ",", -1234),
        ("decimal", "1.234,5", ",", ".", Decimal("1234.5")),
        ("decimal", "999", ",", ".", Decimal(999)),
        ("decimal", "1 234 567,89", ",", " ", Decimal("1234567.89")),
        ("decimal", "1\u202f234,5", ",", " ", Decimal("1234.5")),
        ("decimal", "1\xa0234,5", ",", " ", Decimal("1234.5")),
        ("double", "+12'345.5", ".", "'", 12345.5),
        ("double", "1_000", ".", "_", 1000.0),
    ],
)
def test_fault_33_declared_marks_part_thousands(
    kind: str, cell: str, mark: str, thousands: str, value: object
) -> None:
    settings = {"decimal_mark": mark, "thousands_mark": thousands}
    assert cast(kind, cell, **settings) == accepted(value)
    assert cast(kind, cell, {"column": "c", **settings}) == accepted(value)


@pytest.mark.parametrize("kind", ["bigint", "decimal", "double"])
@pytest.mark.parametrize(
    "cell", ["1,2", "12,34", "1234,567", "1,23,456", ",123", "1,,234", "1,234,", "1.5,000", "1 234"]
)
def test_fault_33_marks_elsewhere_than_between_thousands_are_refused(kind: str, cell: str) -> None:
    outcome = cast(kind, cell, thousands_mark=",")
    assert outcome.value is None
    assert "thousands by ','" in outcome.problems[0]


@pytest.mark.parametrize("cell", ["1,234", "1.234,5", "1 234", "1'234"])
def test_fault_33_without_a_declared_mark_thousands_are_refused(cell: str) -> None:
    assert cast("decimal", cell).value is None


# Local times


def test_fault_32_a_time_that_the_clock_skipped_is_refused_with_the_remedy() -> None:
    reason = (
        "a time that the clock skipped in Europe/Paris; declare the time_zone that it is written in"
    )
    read = datetime(2024, 3, 31, 1, 30)
    assert cast("timestamp", "2024-03-31 02:30:00", time_zone="Europe/Paris") == refused(
        reason, read
    )
    assert cast("timestamp", "2024-03-31 02:30:00") == accepted(datetime(2024, 3, 31, 2, 30))
