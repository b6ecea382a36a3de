import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.nearest import did_you_mean, nearest

COLUMNS = ["lead_id", "email", "created_at", "updated_at", "company_name", "company_domain"]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("emial", "email"),
        ("E-Mail", "email"),
        ("EMAIL", "email"),
        ("crated_at", "created_at"),
        ("Created At", "created_at"),
        ("leadid", "lead_id"),
        ("company name", "company_name"),
    ],
)
def test_the_nearest_name_is_found_despite_case_and_typing(name: str, known: str) -> None:
    assert nearest(name, COLUMNS) == [known]
    assert did_you_mean(name, COLUMNS) == f"; did you mean '{known}'?"


@pytest.mark.parametrize("name", ["xyzzy", "", "???", "42"])
def test_a_name_like_no_other_has_no_nearest(name: str) -> None:
    assert nearest(name, COLUMNS) == []
    assert did_you_mean(name, COLUMNS) == ""


def test_nothing_is_near_where_nothing_is_known() -> None:
    assert nearest("email", []) == []
    assert did_you_mean("email", iter(())) == ""


def test_several_names_come_best_first_up_to_the_limit() -> None:
    found = nearest("company_nam", COLUMNS, limit=2)
    assert found == ["company_name", "company_domain"]
    assert nearest("company_nam", COLUMNS, limit=1) == ["company_name"]


def test_a_name_one_letter_away_beats_a_longer_one_that_contains_it() -> None:
    tables = load_contract().tables
    assert nearest("lead", tables) == ["leads"]
    assert nearest("campaign", tables) == ["campaigns"]
