import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.fit import ProfileFit, Value, best_profile, fit_of_profiles, outcome, with_derived
from tests.oracle.rules import Criterion, Rules, load_rules
from tests.oracle.strategies import raw_attributes

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
RULES = load_rules(SEEDS)
TITLES = SEEDS.parent / "tests/data/fixtures/job_titles_understood.csv"
"""Also the expectation of a unit test of the model that reads titles."""


def scores(fit: ProfileFit) -> tuple[float, float, float]:
    return float(fit.floor), float(fit.coverage), float(fit.ceiling)


def rules_of(*criteria: tuple[str, str, str, str, str, int]) -> Rules:
    """One profile of (criterion, group, attribute, operator, operand, points)."""
    only = next(iter(RULES.profiles))
    made = [
        Criterion(only, name, group, attribute, operator, operand, Decimal(points), False)
        for name, group, attribute, operator, operand, points in criteria
    ]
    return replace(RULES, profiles={only: RULES.profiles[only]}, criteria=tuple(made))


@pytest.mark.parametrize(
    ("attribute", "operator", "operand", "value", "expected"),
    [
        ("industry", "equals", "Énergie", " energie ", "matched"),
        ("industry", "equals", "energy", "energy trade", "not_matched"),
        ("industry", "in", "retail|Banking", "BANKING", "matched"),
        ("industry", "not_in", "retail|banking", "banking", "not_matched"),
        ("industry", "not_in", "retail|banking", "energy", "matched"),
        ("industry", "not_in", "retail", None, "unknown"),
        ("industry", "not_in", "retail", "  ", "unknown"),
        ("sector_code", "starts_with", "26|28", "28.11", "matched"),
        ("sector_code", "starts_with", "26|28", "12.28", "not_matched"),
        ("company_name", "contains", "holding", "Société Holding SA", "matched"),
        ("employee_count", "between", "50..500", 50, "matched"),
        ("employee_count", "between", "50..500", 500, "matched"),
        ("employee_count", "between", "50..500", 49, "not_matched"),
        ("employee_count", "between", "50..500", 501, "not_matched"),
        ("employee_count", "at_least", "2000", 2000, "matched"),
        ("employee_count", "at_least", "2000", 1999, "not_matched"),
        ("employee_count", "at_most", "10", 10, "matched"),
        ("employee_count", "at_most", "10", 11, "not_matched"),
        ("employee_count", "equals", "10", 10, "matched"),
        ("employee_count", "at_most", "10", "many", "unknown"),
        ("tech_stack", "contains_any", "erp|sap", "CRM; SAP ", "matched"),
        ("tech_stack", "contains_any", "erp|sap", "sap business one", "not_matched"),
        ("tech_stack", "contains_any", "erp|sap", " ; ", "unknown"),
        ("tech_stack", "contains_word", "SAP|Sage X3", "CRM; sap business one", "matched"),
        ("tech_stack", "contains_word", "SAP|Sage X3", "Sapient; Sage; X3", "not_matched"),
        ("tech_stack", "not_contains_word", "SAP", "Sapient", "matched"),
        ("tech_stack", "contains_all", "erp|sap", "sap;erp;crm", "matched"),
        ("tech_stack", "contains_all", "erp|sap", "sap;crm", "not_matched"),
        ("industry", "not_equals", "energy", "Énergy", "not_matched"),
        ("industry", "not_equals", "energy", None, "unknown"),
        ("company_name", "ends_with", "sa|sas", "Société SAS ", "matched"),
        ("company_name", "ends_with", "sa|sas", "SA Société", "not_matched"),
        ("company_name", "not_contains", "bank|école", "Ecole X", "not_matched"),
        ("job_title", "contains_word", "R&D|it", "Director r & d", "matched"),
        ("job_title", "contains_word", "R&D|it", "audit", "not_matched"),
        ("job_title", "not_contains_word", "it", "audit", "matched"),
        ("employee_count", "more_than", "10", 10, "not_matched"),
        ("employee_count", "more_than", "10", 10.5, "matched"),
        ("employee_count", "less_than", "10", 10, "not_matched"),
        ("employee_count", "not_between", "50..500", 500, "not_matched"),
        ("employee_count", "not_between", "50..500", 501, "matched"),
        ("tech_stack", "contains_none", "erp|sap", "crm;cloud", "matched"),
        ("tech_stack", "contains_none", "erp|sap", "crm;sap", "not_matched"),
        ("tech_stack", "has_at_least", "2", "crm;CRM; ", "not_matched"),
        ("tech_stack", "has_at_least", "2", "crm;erp", "matched"),
        ("tech_stack", "is_known", "", " ; ", "not_matched"),
        ("tech_stack", "is_unknown", "", " ; ", "matched"),
        ("employee_count", "is_known", "", 0, "matched"),
        ("employee_count", "is_unknown", "", None, "matched"),
        ("country_code", "not_in_region", "europe", "US", "matched"),
        ("country_code", "not_in_region", "europe", None, "unknown"),
        ("country_code", "in_region", "europe", "fr", "matched"),
        ("country_code", "in_region", "europe", "US", "not_matched"),
        ("country_code", "in_region", "europe", None, "unknown"),
        ("is_listed", "is_true", "", True, "matched"),
        ("is_listed", "is_true", "", False, "not_matched"),
        ("is_listed", "is_false", "", False, "matched"),
        ("is_listed", "is_false", "", None, "unknown"),
    ],
)
def test_operators(
    attribute: str, operator: str, operand: str, value: Value, expected: str
) -> None:
    criterion = Criterion("any", "one", "one", attribute, operator, operand, Decimal(1), False)
    assert outcome(criterion, {attribute: value}, RULES) == expected


def test_job_titles() -> None:
    with TITLES.open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    assert len(expected) >= 250
    for row in expected:
        found = with_derived({"job_title": row["job_title"]}, RULES)
        understood = {name: found[name] or "" for name in ("job_function", "job_seniority")}
        assert {"job_title": row["job_title"], **understood} == row


def test_no_title_is_no_title() -> None:
    for title in ("", None):
        found = with_derived({"job_title": title}, RULES)
        assert (found["job_seniority"], found["job_function"]) == (None, None)


@pytest.mark.parametrize(
    ("title", "lead_type", "expected"),
    [
        ("Student", None, True),
        (None, " STUDENT", True),
        ("Wizard", "online", False),
        ("Sales manager", None, False),
        ("Wizard", None, None),
    ],
)
def test_students(title: Value, lead_type: Value, expected: bool | None) -> None:
    found = with_derived({"job_title": title, "lead_type": lead_type}, RULES)
    assert found["is_student"] is expected


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("a@GMAIL.com ", True),
        ("a@firm.example", False),
        ("a@mail.gmail.com", False),
        ("nobody", None),
        (None, None),
    ],
)
def test_free_mail(email: Value, expected: bool | None) -> None:
    assert with_derived({"email": email}, RULES)["is_free_mail"] is expected


def test_the_best_match_of_a_group_counts_and_negatives_take_away() -> None:
    rules = rules_of(
        ("large", "size", "employee_count", "at_least", "100", 30),
        ("some", "size", "employee_count", "at_least", "10", 10),
        ("listed", "listed", "is_listed", "is_true", "", 10),
        ("student", "student", "is_student", "is_true", "", -25),
    )
    (fit,) = fit_of_profiles({"employee_count": 500, "is_listed": False}, rules).values()
    assert scores(fit) == (75, 100, 75)
    (fit,) = fit_of_profiles({"employee_count": 500, "is_student": True}, rules).values()
    assert scores(fit) == (12.5, 75, 37.5)
    (fit,) = fit_of_profiles({"employee_count": 10, "is_student": True}, rules).values()
    assert fit.floor == 0


def test_a_group_is_known_when_nothing_unknown_could_beat_its_best_match() -> None:
    rules = rules_of(
        ("erp", "tools", "tech_stack", "contains_any", "erp", 20),
        ("issues", "tools", "strategic_issues", "contains_any", "cost", 10),
        ("listed", "listed", "is_listed", "is_true", "", 20),
    )
    (fit,) = fit_of_profiles({"tech_stack": "erp"}, rules).values()
    assert scores(fit) == (50, 50, 100)
    (fit,) = fit_of_profiles({"strategic_issues": "cost"}, rules).values()
    assert scores(fit) == (25, 0, 100)


def test_an_equal_unknown_does_not_make_a_group_unknown() -> None:
    rules = rules_of(
        ("erp", "tools", "tech_stack", "contains_any", "erp", 20),
        ("issues", "tools", "strategic_issues", "contains_any", "cost", 20),
    )
    (fit,) = fit_of_profiles({"tech_stack": "erp"}, rules).values()
    assert scores(fit) == (100, 100, 100)


def test_required_criteria_exclude_when_not_matched_and_block_when_unknown() -> None:
    fit = fit_of_profiles({"country_code": "US"}, RULES)["saas_mid_market"]
    assert (fit.excluded_by, fit.blocked_by_unknown) == (("in_europe",), ())
    fit = fit_of_profiles({}, RULES)["saas_mid_market"]
    assert (fit.excluded_by, fit.blocked_by_unknown) == ((), ("in_europe",))


def test_the_best_profile_ties_by_priority_and_is_none_when_all_are_excluded() -> None:
    assert best_profile(fit_of_profiles({}, RULES), RULES) == "saas_mid_market"
    assert best_profile(fit_of_profiles({"country_code": "US"}, RULES), RULES) is None
    german = fit_of_profiles({"country_code": "DE"}, RULES)
    assert best_profile(german, RULES) == "saas_mid_market"


def test_a_profile_without_positive_points_is_refused(tmp_path: Path) -> None:
    for kind in ("rules", "reference"):
        (tmp_path / kind).mkdir()
        for path in (SEEDS / kind).glob("*.csv"):
            (tmp_path / kind / path.name).write_bytes(path.read_bytes())
    profiles = tmp_path / "rules" / "icp_profiles.csv"
    profiles.write_text(profiles.read_text(encoding="utf-8") + "empty,3,Empty,Vide\n", "utf-8")
    with pytest.raises(ValueError, match="empty"):
        load_rules(tmp_path)


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("FRA", "FR"),
        (" deutschland", "DE"),
        ("U.S.A.", "US"),
        ("Côte d’Ivoire", "CI"),
        ("UK", "GB"),
        ("ZZ", None),
        ("Europe", None),
        (None, None),
    ],
)
def test_countries(country: Value, expected: str | None) -> None:
    assert with_derived({"country_code": country}, RULES)["country_code"] == expected


def test_what_is_asked_of_being_known_is_not_yet_all_that_may_be() -> None:
    rules = rules_of(
        ("size", "size", "employee_count", "at_least", "10", 30),
        ("told", "told", "industry", "is_known", "", 10),
        ("untold", "untold", "industry", "is_unknown", "", -5),
    )
    (fit,) = fit_of_profiles({"employee_count": 10}, rules).values()
    assert scores(fit) == (62.5, 75, 100)
    (fit,) = fit_of_profiles({"employee_count": 10, "industry": "any"}, rules).values()
    assert scores(fit) == (100, 100, 100)


@given(st.data())
def test_floor_and_ceiling_meet_when_all_is_known(data: st.DataObject) -> None:
    attributes = with_derived(data.draw(raw_attributes(RULES)), RULES)
    for fit in fit_of_profiles(attributes, RULES).values():
        assert 0 <= fit.floor <= fit.ceiling <= 100 and 0 <= fit.coverage <= 100
        if "unknown" not in fit.outcomes.values():
            assert fit.floor == fit.ceiling and fit.coverage == 100
        if fit.coverage == 100:
            assert fit.floor == fit.ceiling
