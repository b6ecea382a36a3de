"""What the rules of backtests must be to make sense, so that no outcome is learned from itself."""

from collections.abc import Iterator

from lead_warehouse.rules.problems import Problem, quoted
from lead_warehouse.rules.rows import (
    Attribute,
    BacktestAttribute,
    BacktestHorizon,
    Criterion,
    RuleSet,
    ThresholdStep,
)

FILLED_LATE = "outcome"
"""Of an attribute that is filled once a lead is won or lost."""


def calibration_problems(rules: RuleSet) -> Iterator[Problem]:
    """What is filled with the outcome scores nobody, every attribute is screened, steps lead up."""
    attributes = rules.all_rows(BacktestAttribute)
    if attributes is not None:
        late = {one.attribute for one in attributes if one.known_from == FILLED_LATE}
        for row in rules.rows(Criterion):
            if row.attribute in late:
                yield row.problem(
                    f"attribute {quoted(row.attribute)} is known only at the outcome "
                    "(backtest_attributes.csv), so it would foretell what it was filled from; take "
                    "the criterion out"
                )
        for one in attributes:
            if one.is_in_naive_bayes and one.attribute in late:
                yield one.problem(
                    f"attribute {quoted(one.attribute)} is known only at the outcome and cannot be "
                    "in naive Bayes; set is_in_naive_bayes to false"
                )
        yield from _unscreened(rules, {one.attribute for one in attributes})
    for step in rules.rows(ThresholdStep):
        yield from step.out_of("to_score", least=step.from_score)
    horizons = rules.all_rows(BacktestHorizon)
    if horizons is not None and all(one.days_after_creation is None for one in horizons):
        yield Problem(
            BacktestHorizon.table,
            1,
            "no instant has days_after_creation, and attributes are screened at the earliest; add "
            "one of 0 days",
        )


def _unscreened(rules: RuleSet, screened: set[str]) -> Iterator[Problem]:
    for attribute in rules.all_rows(Attribute) or []:
        if attribute.attribute not in screened:
            yield Problem(
                BacktestAttribute.table,
                1,
                f"attribute {quoted(attribute.attribute)} has no row and would not be screened for "
                "leaks; add one",
            )
