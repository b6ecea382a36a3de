"""Macros on their own: rendered with a stand-in for dbt, run on DuckDB."""

from datetime import datetime, timedelta
from decimal import Decimal
from math import fsum
from random import Random
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from lead_warehouse import PROJECT_DIR

DBT = SimpleNamespace(
    type_string=lambda: "varchar",
    length="length({})".format,
    split_part="split_part({}, {}, {})".format,
)

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


def macros(*files: str) -> Any:
    """Macros that call each other, dispatched to their default forms."""
    module: Any
    adapter = SimpleNamespace(dispatch=lambda name, _: getattr(module, f"default__{name}"))
    source = "".join((PROJECT_DIR / "macros" / file).read_text() for file in files)
    module = (
        Environment(autoescape=False)
        .from_string(source)
        .make_module({"adapter": adapter, "return": str, "dbt": DBT})
    )
    return module


TEXTS = macros(
    "engine/normalized_text.sql",
    "engine/normalized_words.sql",
    "engine/normalized_list.sql",
    "engine/split_to_rows.sql",
    "engine/number_or_null.sql",
    "engine/url_decoded.sql",
)
SCORING = macros(
    "engine/numbers_up_to.sql",
    "engine/epoch_microseconds.sql",
    "engine/days_after.sql",
    "scoring/quantized.sql",
    "scoring/half_life_microseconds.sql",
    "scoring/half_lives_between.sql",
    "scoring/decayed_points.sql",
    "scoring/score_of.sql",
)


def value(expression: str, *parameters: object) -> Any:
    """What an expression over columns x, y and so on gives."""
    columns = ", ".join(f"? as {name}" for name, _ in zip("xyz", parameters, strict=False))
    source = f" from (select {columns})" if columns else ""
    found = duckdb.execute(f"select {expression}{source}", parameters).fetchone()
    assert found is not None
    return found[0]


def rows(expression: str) -> list[Any]:
    return [row[0] for row in duckdb.execute(f"select {expression}").fetchall()]


@pytest.mark.parametrize(
    ("given", "text", "words"),
    [
        ("  Société GÉNÉRALE ", "societe generale", "societe generale"),
        ("E\N{COMBINING ACUTE ACCENT}tudiant", "etudiant", "etudiant"),
        ("Systèmes d’Information", "systemes d’information", "systemes d information"),
        ("R&D -- Chef(fe)", "r&d -- chef(fe)", "r d chef fe"),
        ("--", "--", ""),
        ("", "", ""),
        (None, None, None),
    ],
)
def test_texts_are_compared_without_case_accents_and_outer_blanks(
    given: str | None, text: str | None, words: str | None
) -> None:
    assert value(TEXTS.normalized_text("x"), given) == text
    assert value(TEXTS.normalized_words("x"), given) == words


@pytest.mark.parametrize(
    ("given", "items"),
    [
        (" SAP ;Oracle ERP;  É ", "|sap|oracle erp|e|"),
        ("SAP", "|sap|"),
        ("SAP;", "|sap||"),
        ("a|b;c", "|a b|c|"),
        ("", "||"),
        (None, None),
    ],
)
def test_every_item_of_a_list_stands_between_bars(given: str | None, items: str | None) -> None:
    assert value(TEXTS.normalized_list("x"), given) == items


@pytest.mark.parametrize(
    ("given", "decoded"),
    [
        ("caf%C3%A9", "café"),
        ("caf%E9/%fc", "café/ü"),
        ("100 %", "100 %"),
        ("%zz%2F", "%zz/"),
        # The mark that is put in place of a percent sign, in the address itself.
        ("caf%E9\x01E9", "caf%E9\x01E9"),
    ],
)
def test_an_address_is_decoded_whatever_its_bytes_are(given: str, decoded: str) -> None:
    assert value(TEXTS.url_decoded("x"), given) == decoded


ESCAPES = st.lists(st.sampled_from(["%", "%E9", "%C3", "%A9", "%ED%A0%80", "\x01", "E9", "a", "/"]))


@given(ESCAPES.map("".join))
def test_no_address_stops_a_build(address: str) -> None:
    assert value(TEXTS.url_decoded("x"), address) is not None


def test_rows_are_made_of_parts_and_numbers_and_none_of_null() -> None:
    assert rows(TEXTS.split_to_rows("'a| b|a'", "|")) == ["a", " b", "a"]
    assert rows(TEXTS.split_to_rows("'a'", "|")) == ["a"]
    assert rows(TEXTS.split_to_rows("cast(null as varchar)", "|")) == []
    assert rows(SCORING.numbers_up_to("3")) == [1, 2, 3]
    assert rows(SCORING.numbers_up_to("1")) == [1]
    assert rows(SCORING.numbers_up_to("0")) == []
    assert rows(SCORING.numbers_up_to("cast(null as bigint)")) == []


@pytest.mark.parametrize(
    ("given", "number"),
    [("50", 50.0), (" 50.5 ", 50.5), ("-1", -1.0), ("many", None), ("", None), (None, None)],
)
def test_what_is_no_number_is_null(given: str | None, number: float | None) -> None:
    assert value(TEXTS.number_or_null("x"), given) == number


def test_instants_are_exact_to_the_microsecond_before_and_after_1970() -> None:
    for microseconds in (-1, 0, 1, 4_102_444_800_000_001):
        instant = datetime(1970, 1, 1) + timedelta(microseconds=microseconds)
        assert value(SCORING.epoch_microseconds("x"), instant) == microseconds


@pytest.mark.parametrize(
    ("days", "hours"),
    [("0", 0), ("1", 24), ("1.5", 36), ("-1", -24), ("cast(30 as decimal(18, 6))", 720)],
)
def test_days_later_are_days_of_24_hours(days: str, hours: int) -> None:
    start = datetime(2024, 2, 28, 0, 0, 0, 1)
    assert value(SCORING.days_after("x", days), start) == start + timedelta(hours=hours)
    assert value(SCORING.days_after("x", "cast(null as integer)"), start) is None


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (0, "40"),
        (7, "20"),
        (14, "10"),
        (21, "5"),
        (7 * 65, "0.000000000000000001"),
        (7 * 67, "0"),
    ],
)
def test_half_of_the_points_is_left_after_each_half_life(days: int, left: str) -> None:
    since = datetime(2026, 1, 1)
    decayed = SCORING.decayed_points("x", "y", "z", "7")
    assert value(decayed, 40, since, since + timedelta(days=days)) == Decimal(left)
    half_lives = SCORING.half_lives_between("x", "y", "7")
    assert value(half_lives, since, since + timedelta(days=days)) == days / 7
    assert value(half_lives, since + timedelta(days=days), since) == -days / 7


@given(
    st.integers(1, 100),
    st.timedeltas(timedelta(0), timedelta(days=15 * 365)),
    st.sampled_from(["1", "7", "30.5", "cast(365 as decimal(18, 6))"]),
)
def test_decay_is_that_of_plain_arithmetic(points: int, age: timedelta, half_life: str) -> None:
    since = datetime(2011, 1, 1)
    found = value(SCORING.decayed_points("x", "y", "z", half_life), points, since, since + age)
    expected = points * 0.5 ** (age / timedelta(days=value(f"cast({half_life} as double)")))
    assert float(found) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("points", "full", "score"),
    [
        ("60", "100", "60"),
        ("59.999999999999", "100", "59.999999999999"),
        ("59.9999999999994", "100", "59.999999999999"),
        ("59.9999999999996", "100", "60"),
        ("30", "90", "33.333333333333"),
        ("54", "90", "60"),
        ("27.827", "149", "18.675838926174"),
        ("-0.000001", "90", "0"),
        ("0", "90", "0"),
        ("90", "90", "100"),
        ("90.000001", "90", "100"),
        (None, "90", None),
    ],
)
def test_a_score_is_clamped_and_reaches_a_threshold_it_equals(
    points: str | None, full: str, score: str | None
) -> None:
    call = SCORING.score_of("cast(x as decimal(38, 18))", "cast(y as decimal(18, 6))")
    expected = None if score is None else Decimal(score)
    assert value(call, points, full) == expected


def test_a_score_does_not_depend_on_the_places_of_its_points() -> None:
    scores = {
        value(
            SCORING.score_of(
                f"cast(x as decimal(38, {places}))", f"cast(y as decimal(38, {places}))"
            ),
            "27.827",
            "149",
        )
        for places in (3, 6, 18)
    }
    assert scores == {Decimal("18.675838926174")}


LONG_DOMAIN = ".".join([*["a" * 60] * 3, "a" * 58])
"""So that an address of five characters before it and eight behind it has 254."""

CONTACTS = macros("engine/fully_matches.sql", "contacts/email_problem.sql")


@pytest.mark.parametrize(
    ("email", "problem"),
    [
        ("anna@acme.example", None),
        (" anna@acme.example ", None),
        ("o'neil+x.y_z@sub.acme-industrie.example", None),
        ("jürgen@bücher.example", None),
        ("anna@xn--bcher-kva.xn--p1ai", None),
        (f"{'a' * 64}@acme.example", None),
        (f"{'a' * 65}@acme.example", "too_long"),
        (f"anna@{LONG_DOMAIN}.example", None),
        (f"anna@{LONG_DOMAIN}.examples", "too_long"),
        (f"anna@{'a' * 63}.example", None),
        (f"anna@{'a' * 64}.example", "domain"),
        (f"anna@sub.{'é' * 63}.example", None),
        (f"anna@sub.{'é' * 64}.example", "domain"),
        (f"anna@acme.{'a' * 63}", None),
        (f"anna@acme.{'a' * 64}", "domain"),
        (f"anna@acme.xn--{'a' * 59}", None),
        (f"anna@acme.xn--{'a' * 60}", "domain"),
        (None, "missing"),
        ("  ", "missing"),
        ("acme.example", "not_one_at_sign"),
        ("anna@@acme.example", "not_one_at_sign"),
        ("a@acme.example, b@acme.example", "not_one_at_sign"),
        ("@acme.example", "local_part"),
        ("Anna <anna@acme.example", "local_part"),
        (".anna@acme.example", "local_part"),
        ("an..na@acme.example", "local_part"),
        ("an na@acme.example", "local_part"),
        ("anna@", "domain"),
        ("anna@acme", "domain"),
        ("anna@acme..example", "domain"),
        ("anna@-acme.example", "domain"),
        ("anna@acme-.example", "domain"),
        ("anna@acme.example>", "domain"),
        ("anna@192.168.0.1", "domain"),
        ("anna@acme.e", "domain"),
        ("anna@ac\nme.example", "domain"),
    ],
)
def test_fault_34_what_is_wrong_with_an_address_is_said(
    email: str | None, problem: str | None
) -> None:
    sql = f"select {CONTACTS.email_problem('email')} from (select ?::varchar as email)"
    assert duckdb.execute(sql, [email]).fetchall() == [(problem,)]


REACHED = macros("engine/quantile_reached.sql")


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 20)), max_size=12),
    st.sampled_from([0.5, 0.9, 1.0]),
)
def test_a_quantile_counts_who_never_arrived_as_the_last(
    values: list[int | None], share: float
) -> None:
    expression = REACHED.quantile_reached("value", share, "value is null or value <> 13")
    found = duckdb.execute(
        f"select {expression} from (select unnest(?::integer[]) as value)", [values]
    ).fetchone()
    counted = [value for value in values if value != 13]
    arrived = sorted(value for value in counted if value is not None)
    # The least value by which the share of all that count had arrived.
    by_then = [v for v in arrived if sum(w <= v for w in arrived) >= share * len(counted)]
    assert found == (min(by_then, default=None),)


EXACT_SUM = render("statistics/exact_sum.sql", "exact_sum('x')")
amounts = st.floats(-1e9, 1e9).map(lambda amount: round(amount, 4) / 12)


def added_up(expression: str, numbers: list[float | None]) -> Any:
    """The sum of a column, its rows added up in the order given."""
    found = duckdb.execute(
        f"select {expression} from (select unnest(cast(? as double[])) as x)", [numbers]
    ).fetchone()
    assert found is not None
    return found[0]


@given(st.lists(st.one_of(st.none(), amounts), max_size=40), st.randoms(use_true_random=False))
def test_an_exact_sum_does_not_depend_on_the_order(
    numbers: list[float | None], random: Random
) -> None:
    total = added_up(EXACT_SUM, numbers)
    known = [number for number in numbers if number is not None]
    assert total == (pytest.approx(fsum(known), rel=1e-12, abs=1e-6) if known else None)
    random.shuffle(numbers)
    assert added_up(EXACT_SUM, numbers) == total


def test_a_sum_of_doubles_depends_on_it_and_thirds_are_whole_again() -> None:
    assert added_up("sum(x)", [1e16, 1.0, -1e16]) != added_up("sum(x)", [1e16, -1e16, 1.0])
    assert added_up(EXACT_SUM, [1e16, 1.0, -1e16]) == added_up(EXACT_SUM, [1e16, -1e16, 1.0]) == 1
    assert added_up(EXACT_SUM, [1 / 3] * 3) == pytest.approx(1, abs=1e-14)
    assert round(added_up(EXACT_SUM, [1 / 3] * 3), 9) == 1
