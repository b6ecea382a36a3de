import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_warehouse.rules.operators import OPERATORS, Allowed, read_operand

REGIONS = {"europe": frozenset({"FR", "DE"}), "north_america": frozenset({"US"})}
SUITED = {
    "text": "equals in not_in starts_with contains",
    "number": "equals in not_in between at_least at_most",
    "country": "equals in not_in in_region",
    "list": "contains_any contains_all",
    "boolean": "is_true is_false",
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
        ("starts_with", "text", "62|63"),
        ("contains", "text", "it"),
        ("between", "number", "1..2"),
        ("at_least", "number", "2000"),
        ("at_most", "number", "0"),
        ("contains_any", "list", "erp|sap"),
        ("contains_all", "list", "erp"),
        ("in_region", "country", "europe|north_america"),
        ("is_true", "boolean", None),
        ("is_false", "boolean", None),
    ],
)
def test_operands_in_their_form_are_read(name: str, value_type: str, operand: str | None) -> None:
    assert not read_operand(name, value_type, operand, REGIONS).is_nothing


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
        ("in", "country", "fr", "operand: 'fr' is no country; write two capitals such as FR"),
        ("equals", "country", "FRA", "operand: 'FRA' is no country"),
        ("not_in", "country", "FR|Ö1", "operand: 'Ö1' is no country"),
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
        read_operand(name, value_type, operand, REGIONS)
    assert said in str(error.value)


def test_a_region_passes_where_regions_cannot_be_read() -> None:
    assert read_operand("in_region", "country", "atlantis", None) == Allowed()


ALLOWED = st.builds(
    Allowed,
    st.none() | st.decimals(-3, 3, places=0),
    st.none() | st.decimals(-3, 3, places=0),
    st.none() | st.frozensets(st.decimals(-4, 4, places=0), max_size=4),
    st.frozensets(st.decimals(-4, 4, places=0), max_size=3),
)


def holds(allowed: Allowed, value: int) -> bool:
    return (
        (allowed.low is None or allowed.low <= value)
        and (allowed.high is None or value <= allowed.high)
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
