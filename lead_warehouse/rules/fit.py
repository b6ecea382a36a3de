"""What fit criteria, profiles and thresholds must be to make sense."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lead_warehouse.rules.operators import OPERATORS, Allowed, Places, read_operand
from lead_warehouse.rules.problems import Problem, quoted, remedy
from lead_warehouse.rules.rows import (
    Attribute,
    CountryName,
    CountryRegion,
    Criterion,
    MqlThreshold,
    Profile,
    RuleSet,
)
from lead_warehouse.rules.titles import TOLD_BY_TITLES, untold


def fit_problems(rules: RuleSet) -> Iterator[Problem]:
    """Criteria one by one, required ones together, profiles, thresholds."""
    value_types = {row.attribute: row.value_type for row in rules.rows(Attribute)}
    places = Places(_regions(rules), _country_codes(rules))
    required: list[tuple[Criterion, Allowed]] = []
    for criterion in rules.rows(Criterion):
        yield from _worth(criterion)
        try:
            allowed = _condition(criterion, value_types.get(criterion.attribute), places)
        except ValueError as error:
            yield criterion.problem(str(error))
        else:
            yield from _never_told(criterion, allowed, rules)
            if criterion.is_required and criterion.attribute in value_types:
                required.append((criterion, allowed))
    yield from _exclude_everybody(required)
    yield from _unfinished_profiles(rules)
    for threshold in rules.rows(MqlThreshold):
        yield from _threshold(threshold)


def _never_told(criterion: Criterion, allowed: Allowed, rules: RuleSet) -> Iterator[Problem]:
    """Functions and seniorities that no job title tells, so that nobody has them."""
    if criterion.attribute in TOLD_BY_TITLES:
        for value in sorted(map(str, (allowed.only or frozenset()) | allowed.never)):
            if text := untold(rules, criterion.attribute, value):
                yield criterion.problem(text)


def _regions(rules: RuleSet) -> Mapping[str, frozenset[str]] | None:
    rows = rules.all_rows(CountryRegion)
    if rows is None:
        return None
    countries = defaultdict(set)
    for row in rows:
        countries[row.region].add(row.country_code)
    return {region: frozenset(codes) for region, codes in countries.items()}


def _country_codes(rules: RuleSet) -> Mapping[str, str] | None:
    rows = rules.all_rows(CountryName)
    return None if rows is None else {row.country_name: row.country_code for row in rows}


def _worth(criterion: Criterion) -> Iterator[Problem]:
    if criterion.points == 0:
        yield criterion.problem("points are 0; give it points or remove the row")
    if criterion.points < 0 and criterion.is_required:
        yield criterion.problem(
            f"points {quoted(criterion.points)} of a required criterion would count against every "
            "lead that is let in; set is_required to false or make them positive"
        )


def _condition(criterion: Criterion, value_type: str | None, places: Places) -> Allowed:
    """What the criterion allows its attribute to be; any when the attribute is not known.

    Raises:
        ValueError: the operator is not known, does not suit the attribute or cannot be read.
    """
    name, attribute = criterion.operator, criterion.attribute
    operator = OPERATORS.get(name)
    if operator is None:
        raise ValueError(f"operator {quoted(name)} is not known{remedy(name, OPERATORS)}")
    if value_type is None:
        return Allowed()
    if value_type not in operator.value_types:
        suiting = [one for one, other in OPERATORS.items() if value_type in other.value_types]
        raise ValueError(
            f"operator {quoted(name)} does not suit {attribute}, a {value_type}; "
            f"use one of {', '.join(suiting)}"
        )
    return read_operand(name, value_type, criterion.operand, places)


def _exclude_everybody(required: list[tuple[Criterion, Allowed]]) -> Iterator[Problem]:
    """Required criteria of a profile that leave its attribute no value."""
    so_far: dict[tuple[str, str], tuple[list[Criterion], Allowed]] = {}
    for criterion, allowed in required:
        key = criterion.profile, criterion.attribute
        earlier, before = so_far.get(key, ([], Allowed()))
        together = before.and_(allowed)
        if together.is_nothing:
            lines = " and ".join(str(one.line) for one in earlier)
            yield criterion.problem(
                f"criterion {quoted(criterion.criterion)} and the one of line {lines} are both "
                f"required and no {criterion.attribute} meets all, so everybody is excluded; "
                "make it one criterion, or set is_required to false"
            )
        else:
            so_far[key] = [*earlier, criterion], together


def _unfinished_profiles(rules: RuleSet) -> Iterator[Problem]:
    criteria, thresholds = rules.all_rows(Criterion), rules.all_rows(MqlThreshold)
    for row in rules.rows(Profile):
        profile = quoted(row.profile)
        if criteria is not None:
            points = [one.points for one in criteria if one.profile == row.profile]
            if not points:
                yield row.problem(
                    f"profile {profile} has no criteria; add rows to icp_criteria.csv"
                )
            elif max(points) <= 0:
                yield row.problem(
                    f"profile {profile} has no positive points, so nothing can fit it; "
                    "add a criterion with positive points to icp_criteria.csv"
                )
        if thresholds is not None and all(one.profile != row.profile for one in thresholds):
            yield row.problem(f"profile {profile} has no thresholds; add it to mql_thresholds.csv")


def _threshold(row: MqlThreshold) -> Iterator[Problem]:
    yield from row.out_of("min_fit_score", least=0, greatest=100)
    yield from row.out_of("min_intent_score", least=0, greatest=100)
    yield from row.out_of("exit_intent_score", least=0)
    yield from row.out_of("exit_dwell_days", least=0)
    # No intent is under 0: a profile that asks for none is never left by intent.
    asks_for_none = row.min_intent_score == row.exit_intent_score == 0
    if row.exit_intent_score >= row.min_intent_score and not asks_for_none:
        yield row.problem(
            f"exit_intent_score {quoted(row.exit_intent_score)} must be less than "
            f"min_intent_score {quoted(row.min_intent_score)}, or a lead would leave as it enters"
        )
