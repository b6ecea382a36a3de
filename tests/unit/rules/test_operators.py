import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_warehouse.rules.operators import OPERATORS, Allowed, Places, read_operand

REGIONS = {"europe": frozenset({"FR", "DE"}), "north_america": frozenset({"US"})}
CODES = {"fr": "FR", "fra": "FR", "france": "FR", "be": "BE", "gb": "GB", "uk": "GB"}
PLACES = Places(REGIONS, CODES)
SUITED = {
    "text": "equals not_equals in not_in starts_with ends_with contains not_contains "
    "contains_word not_contains_word is_known is_unknown",
    "number": "equals not_equals in not_in between not_between at_least at_most more_than "
    "less_than is_known is_unknown",
    "country": "equals not_equals in not_in in_region not_in_region is_known is_unknown",
    "list": "contains_any contains_all contains_none contains_word not_contains_word has_at_least "
    "is_known is_unknown",
    "boolean": "is_true is_false is_known is_unknown",
}


def test_operators_suit_the_types_they_can_compare() -> None:
    for value_type, names in SUITED.items():
        suiting = {name for name, one in OPERATORS.items() if value_type in one.value_types}
        assert suiting == set(names.split())


@pytest.mark.parametrize(
    ("name", "value_type", "operand"),
    [
        ("equals", "text", "food processing"),
        ("equals", "number", "-1.5"),
        ("equals", "country", "FR"),
        ("in", "text", "a|b c"),
        ("in", "number", "1|2.5"),
        ("not_in", "country", "FR|BE"),
        ("not_equals", "text", "food"),
        ("starts_with", "text", "62|63"),
        ("ends_with", "text", "sa|sas"),
        ("not_contains", "text", "-"),
        ("contains_word", "text", "IT|R&D"),
        ("not_contains_word", "text", "assistant"),
        ("contains", "text", "it"),
        ("between", "number", "1..2"),
        ("not_between", "number", "1..2"),
        ("more_than", "number", "0.5"),
        ("less_than", "number", "-3"),
        ("at_least", "number", "2000"),
        ("at_most", "number", "0"),
        ("contains_word", "list", "sap|sage x3"),
        ("contains_any", "list", "erp|sap"),
        ("contains_all", "list", "erp"),
        ("contains_none", "list", "erp|sap"),
        ("has_at_least", "list", "3"),
        ("in_region", "country", "europe|north_america"),
        ("not_in_region", "country", "europe"),
        ("is_known", "text", None),
        ("is_unknown", "list", None),
        ("is_true", "boolean", None),
        ("is_false", "boolean", None),
    ],
)
def test_operands_in_their_form_are_read(name: str, value_type: str, operand: str | None) -> None:
    assert not read_operand(name, value_type, operand, PLACES).is_nothing


@pytest.mark.parametrize(
    ("name", "value_type", "operand", "said"),
    [
        ("is_true", "boolean", "yes", "operand 'yes' has no use for is_true; leave it empty"),
        ("is_false", "boolean", "false", "operand 'false' has no use for is_false; leave it"),
        ("equals", "text", "a|b", "operand 'a|b' has alternatives; use operator 'in'"),
        ("in", "text", "a||b", "operand 'a||b' has an empty alternative or blanks around one"),
        ("in", "text", "a|", "operand 'a|' has an empty alternative"),
        ("contains_any", "list", "a | b", "operand 'a | b' has an empty alternative or blanks"),
        ("at_least", "number", "many", "operand 'many' is not a number such as 12.5"),
        ("at_least", "number", "1e3", "operand '1e3' is not a number"),
        ("at_most", "number", "NaN", "operand 'NaN' is not a number"),
        ("at_most", "number", "1000000000000", "operand '1000000000000' is not a number"),
        ("at_most", "number", "1 000", "operand '1 000' is not a number"),
        ("in", "number", "1|x", "operand 'x' is not a number"),
        ("between", "number", "1-2", "operand '1-2' is no range; write it as 50..500"),
        ("between", "number", "1..", "operand '1..' is no range"),
        ("between", "number", "1..x", "operand 'x' is not a number"),
        ("between", "number", "1 .. 2", "operand '1 ' is not a number"),
        ("between", "number", "1..2..3", "operand '2..3' is not a number"),
        ("is_known", "text", "yes", "operand 'yes' has no use for is_known; leave it empty"),
        ("is_unknown", "text", "no", "operand 'no' has no use for is_unknown; leave it empty"),
        ("not_equals", "text", "a|b", "operand 'a|b' has alternatives; use operator 'not_in'"),
        ("more_than", "number", "5..6", "operand '5..6' is not a number such as 12.5"),
        ("less_than", "number", None, "operand is empty; less_than needs one, such as 2000"),
        ("not_between", "number", "5", "operand '5' is no range; write it as 50..500"),
        ("not_between", "number", "6..5", "operand '6..5' is empty; write the lower number"),
        ("has_at_least", "list", "erp", "operand 'erp' is no number of items; write one such as 3"),
        ("has_at_least", "list", "0", "operand '0' is no number of items"),
        ("has_at_least", "list", "1.5", "operand '1.5' is no number of items"),
        ("has_at_least", "list", None, "operand is empty; has_at_least needs one, such as 3"),
        ("contains_none", "list", "a|", "operand 'a|' has an empty alternative"),
        ("contains_word", "text", "it|&", "operand '&' has neither letter nor digit, so it is no"),
        ("not_contains_word", "text", None, "is empty; not_contains_word needs one, such as buyer"),
        ("ends_with", "text", " a", "operand ' a' has an empty alternative or blanks"),
        ("not_contains", "text", "a||b", "operand 'a||b' has an empty alternative"),
        ("not_in_region", "country", "asia", "region 'asia' is not known"),
        ("in", "country", "fr", "operand: 'fr' is no country code; write FR"),
        ("equals", "country", "FRA", "operand: 'FRA' is no country code; write FR"),
        ("not_equals", "country", "France", "operand: 'France' is no country code; write FR"),
        ("in", "country", "FR|UK", "operand: 'UK' is no country code; write GB"),
        ("in", "country", "ZZ", "'ZZ' is no country code; write two capitals such as FR"),
        ("not_in", "country", "FR|Ö1", "operand: 'Ö1' is no country code"),
        ("in_region", "country", "europ", "region 'europ' is not known; did you mean 'europe'?"),
        (
            "in_region",
            "country",
            "europe|x",
            "region 'x' is not known; use one of europe, north_america",
        ),
        ("in", "text", None, "operand is empty; in needs one, such as banking|insurance"),
        ("in_region", "country", None, "operand is empty; in_region needs one, such as europe"),
    ],
)
def test_other_operands_are_refused_with_how_to_write_them(
    name: str, value_type: str, operand: str | None, said: str
) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        read_operand(name, value_type, operand, PLACES)
    assert said in str(error.value)


def test_places_pass_where_they_cannot_be_read() -> None:
    assert read_operand("in_region", "country", "atlantis", Places()) == Allowed()
    assert read_operand("not_in_region", "country", "atlantis", Places()) == Allowed()
    assert read_operand("in", "country", "ZZ", Places()) == Allowed(only=frozenset({"ZZ"}))
    with pytest.raises(ValueError, match="'fr' is no country code; write two capitals"):
        read_operand("in", "country", "fr", Places())


@pytest.mark.parametrize(
    ("one", "other", "is_nothing"),
    [
        (("is_known", None), ("is_unknown", None), True),
        (("is_unknown", None), ("at_least", "5"), False),
        (("more_than", "5"), ("at_most", "5"), True),
        (("at_least", "5"), ("less_than", "5"), True),
        (("at_least", "5"), ("at_most", "5"), False),
        (("more_than", "5"), ("less_than", "6"), False),
        (("equals", "5"), ("more_than", "5"), True),
        (("in", "5|6"), ("more_than", "5"), False),
        (("equals", "5"), ("not_equals", "5.0"), True),
        (("not_between", "1..9"), ("equals", "5"), False),
    ],
)
def test_what_no_value_can_be_at_once_is_found(
    one: tuple[str, str | None], other: tuple[str, str | None], is_nothing: bool
) -> None:
    first, second = (read_operand(name, "number", text, PLACES) for name, text in (one, other))
    assert first.and_(second).is_nothing is is_nothing
    assert second.and_(first).is_nothing is is_nothing


ALLOWED = st.builds(
    Allowed,
    st.none() | st.decimals(-3, 3, places=0),
    st.none() | st.decimals(-3, 3, places=0),
    st.none() | st.frozensets(st.decimals(-4, 4, places=0), max_size=4),
    st.frozensets(st.decimals(-4, 4, places=0), max_size=3),
    st.just(frozenset([True, False])),
    st.booleans(),
    st.booleans(),
)


def holds(allowed: Allowed, value: int) -> bool:
    return (
        (allowed.low is None or value - allowed.low >= allowed.is_low_out)
        and (allowed.high is None or allowed.high - value >= allowed.is_high_out)
        and (allowed.only is None or value in allowed.only)
        and value not in allowed.never
    )


@given(ALLOWED, ALLOWED)
def test_what_two_allow_is_what_each_allows(one: Allowed, other: Allowed) -> None:
    together = one.and_(other)
    values = [value for value in range(-5, 6) if holds(one, value) and holds(other, value)]
    assert [value for value in range(-5, 6) if holds(together, value)] == values
    if together.is_nothing:
        assert values == []
    elif together.only is not None or (together.low is not None and together.low == together.high):
        assert values
