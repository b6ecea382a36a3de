"""An outcome is not learned from itself, whatever the rules would like."""

import pytest

from tests.changed_rules import ChangedRules


def test_a_criterion_over_what_is_filled_with_the_outcome_is_refused(rules: ChangedRules) -> None:
    rules.change("backtest_attributes", "industry", known_from="outcome", is_in_naive_bayes="false")
    line = rules.line("icp_criteria", "saas_mid_market", "industry")
    assert (
        f"icp_criteria.csv:{line}: attribute 'industry' is known only at the outcome "
        "(backtest_attributes.csv), so it would foretell what it was filled from; take the "
        "criterion out"
    ) in rules.problems()


def test_naive_bayes_over_what_is_filled_with_the_outcome_is_refused(rules: ChangedRules) -> None:
    place = rules.change("backtest_attributes", "language", known_from="outcome")
    assert rules.problems() == [
        f"{place}: attribute 'language' is known only at the outcome and cannot be in naive "
        "Bayes; set is_in_naive_bayes to false"
    ]


def test_every_attribute_is_screened(rules: ChangedRules) -> None:
    rules.drop("backtest_attributes", "email_domain")
    assert rules.problems() == [
        "backtest_attributes.csv:1: attribute 'email_domain' has no row and would not be screened "
        "for leaks; add one"
    ]


@pytest.mark.parametrize(
    ("to_score", "said"), [("49", ["to_score '49' must be 50 or more"]), ("50", [])]
)
def test_steps_lead_up(rules: ChangedRules, to_score: str, said: list[str]) -> None:
    place = rules.change("threshold_steps", "fit", to_score=to_score)
    assert rules.said_of(place) == said


def test_some_instant_is_counted_from_the_creation(rules: ChangedRules) -> None:
    for horizon in ("at_creation", "after_7_days", "after_30_days"):
        rules.drop("backtest_horizons", horizon)
    assert rules.problems() == [
        "backtest_horizons.csv:1: no instant has days_after_creation, and attributes are screened "
        "at the earliest; add one of 0 days"
    ]
