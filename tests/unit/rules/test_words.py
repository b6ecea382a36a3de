import pytest

from lead_warehouse.rules.words import normalised
from tests.changed_rules import ChangedRules


@pytest.mark.parametrize(
    ("term", "plain"),
    [
        ("CEO", "ceo"),
        ("Directeur général", "directeur general"),
        ("vice  president", "vice president"),
        ("r&d", "r d"),
        ("c-suite", "c suite"),
        ("chargée d'affaires", "chargee d affaires"),
    ],
)
def test_a_term_that_matches_no_title_is_told_how_to_be_written(
    rules: ChangedRules, term: str, plain: str
) -> None:
    place = rules.change("job_title_terms", "supervisor", term=term)
    [said] = rules.said_of(place)
    assert said.startswith(f"term '{term}' would match no title: ")
    assert said.endswith(f"; write '{plain}'")
    assert normalised(plain) == plain


@pytest.mark.parametrize("term", ["x", "level 3", "3d artist"])
def test_a_term_as_titles_are_compared_is_good(rules: ChangedRules, term: str) -> None:
    rules.change("job_title_terms", "supervisor", term=term)
    assert rules.problems() == []


def test_a_term_without_any_letter_left_is_refused(rules: ChangedRules) -> None:
    place = rules.change("job_title_terms", "supervisor", term="&")
    assert rules.said_of(place)[0].endswith("; write plain letters")


def test_a_precedence_is_a_whole_number(rules: ChangedRules) -> None:
    place = rules.change("job_title_terms", "supervisor", precedence="1.5")
    assert rules.said_of(place) == ["precedence '1.5' is not a whole number"]


def test_a_framework_covers_all_four_dimensions(rules: ChangedRules) -> None:
    rules.drop("qualification_criteria", "BANT timing")
    assert rules.problems() == []
    rules.drop("qualification_criteria", "BANT priority")
    rules.drop("qualification_criteria", "BANT budget")
    assert rules.problems() == [
        "qualification_criteria.csv:2: framework 'BANT' has no criterion of priority, budget, "
        "so nobody could be qualified with it; add a row for each"
    ]


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Paris", None),
        ("Europe/Pariss", "time_zone 'Europe/Pariss' is not known; did you mean 'Europe/Paris'?"),
        ("@", "time_zone '@' is not known; use one such as Europe/Paris"),
    ],
)
def test_the_time_zone_is_known(rules: ChangedRules, zone: str, said: str | None) -> None:
    place = rules.change("reporting", "UTC", time_zone=zone)
    assert rules.said_of(place) == ([said] if said else [])


@pytest.mark.parametrize("code", ["eur", "EURO", "€"])
def test_the_currency_of_reports_is_a_code(rules: ChangedRules, code: str) -> None:
    place = rules.change("reporting", "UTC", currency_code=code)
    assert rules.said_of(place) == [
        f"currency_code '{code}' is no ISO 4217 code; write three capitals such as EUR"
    ]
