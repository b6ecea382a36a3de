"""What rules of costs, attribution and forecasts must be to make sense."""

from collections.abc import Iterator
from itertools import pairwise

from lead_warehouse.rules.problems import Problem, quoted
from lead_warehouse.rules.rows import AttributionModel, CostAllocation, ForecastAge, RuleSet

CATEGORIES = ("marketing", "sales")
NEEDED = {"position": ("first_share", "last_share"), "time_decay": ("half_life_days",)}
"""Columns that a method needs; it takes no others."""
SETTINGS = ("first_share", "last_share", "half_life_days")


def money_problems(rules: RuleSet) -> Iterator[Problem]:
    """Every cost has its share, one model is chosen, bands of age meet."""
    yield from _allocation(rules)
    yield from _models(rules)
    yield from _ages(rules)


def _allocation(rules: RuleSet) -> Iterator[Problem]:
    rows = rules.all_rows(CostAllocation)
    if rows is None:
        return
    for category in CATEGORIES:
        if category not in {row.cost_category for row in rows}:
            text = f"has no row for {category}, whose costs would be in no amount; add it"
            yield Problem(CostAllocation.table, 1, text)


def _models(rules: RuleSet) -> Iterator[Problem]:
    rows = rules.all_rows(AttributionModel)
    for row in rows or []:
        for column in SETTINGS:
            is_needed = column in NEEDED.get(row.method, ())
            is_filled = getattr(row, column) is not None
            if is_needed and not is_filled:
                yield row.problem(f"method {quoted(row.method)} needs {column}; fill it")
            if is_filled and not is_needed:
                yield row.problem(f"method {quoted(row.method)} takes no {column}; leave it empty")
        if (row.first_share or 0) + (row.last_share or 0) > 1:
            yield row.problem("first_share and last_share are more than 1 together; lower one")
    if rows is not None and sum(row.is_chosen for row in rows) != 1:
        chosen = [row for row in rows if row.is_chosen]
        text = "is_chosen must be true in one row, whose model CAC by channel follows"
        yield (chosen[1].problem(text) if chosen else Problem(AttributionModel.table, 1, text))


def _ages(rules: RuleSet) -> Iterator[Problem]:
    rows = sorted(rules.all_rows(ForecastAge) or [], key=lambda row: row.min_days)
    if not rows:
        return
    if rows[0].min_days != 0:
        yield rows[0].problem(f"min_days {rows[0].min_days} must be 0 in the first band")
    for lower, upper in pairwise(rows):
        if lower.max_days != upper.min_days:
            yield upper.problem(
                f"min_days {upper.min_days} must be the max_days of the band below "
                f"(line {lower.line})"
            )
    if rows[-1].max_days is not None:
        yield rows[-1].problem("max_days must be empty in the last band")
