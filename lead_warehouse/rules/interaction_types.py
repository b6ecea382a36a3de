"""Types of interactions as rules name them: as they are compared, and not misspelt."""

from collections.abc import Iterator, Set

from rapidfuzz.distance import OSA

from lead_warehouse.rules.problems import Problem, quoted
from lead_warehouse.rules.rows import NegativeStep, Row, RuleSet, Signal


def scored_types(rules: RuleSet) -> set[str] | None:
    """Types that give or take points; nothing when a file that says so cannot be read."""
    if rules.all_rows(Signal) is None or rules.all_rows(NegativeStep) is None:
        return None
    return {
        *(one.interaction_type for one in rules.rows(Signal)),
        *(one.interaction_type for one in rules.rows(NegativeStep)),
    }


def type_problems(row: Row, interaction_type: str, scored: Set[str] | None) -> Iterator[Problem]:
    """A type that no record has as it is written, or that is a letter away from one that is scored.

    What is further away may well be a type that says something without giving points.
    """
    if interaction_type != (plain := interaction_type.strip().lower()):
        yield row.problem(
            f"interaction_type {quoted(interaction_type)} would match nothing: types are compared "
            f"in lower case; write {quoted(plain)}"
        )
    elif scored and plain not in scored:
        for meant in sorted(one for one in scored if OSA.distance(one, plain) == 1):
            yield row.problem(
                f"interaction_type {quoted(interaction_type)} is scored by no rule; "
                f"did you mean {quoted(meant)}?"
            )
