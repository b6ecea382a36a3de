"""What the questions of a framework must be so that everything that makes an SQL is asked about."""

from collections.abc import Iterator

from lead_warehouse.rules.problems import Problem, quoted
from lead_warehouse.rules.rows import (
    QualificationCriterion,
    QualificationQuestion,
    RuleSet,
    Stage,
)


def discovery_problems(rules: RuleSet) -> Iterator[Problem]:
    """A question for each of the four, due some day, and at one with the criteria."""
    yield from _due_stages(rules)
    yield from _dimensions(rules)
    yield from _criteria(rules)


def _due_stages(rules: RuleSet) -> Iterator[Problem]:
    stages = rules.all_rows(Stage)
    if stages is None:
        return
    placed = {one.stage for one in stages if one.position is not None}
    known = {one.stage for one in stages if placed}
    for row in rules.rows(QualificationQuestion):
        if row.due_stage in known - placed:
            yield row.problem(
                f"due_stage {quoted(row.due_stage)} is not on the main path, so the question would "
                "never be due; name a stage with a position"
            )


def _dimensions(rules: RuleSet) -> Iterator[Problem]:
    """Each framework asks about each of the four once."""
    questions = rules.all_rows(QualificationQuestion)
    criteria = rules.all_rows(QualificationCriterion)
    if questions is None or criteria is None:
        return
    first: dict[tuple[str, str], QualificationQuestion] = {}
    for row in questions:
        if row.dimension is None:
            continue
        key = row.framework.lower(), row.dimension
        if key in first:
            yield row.problem(
                f"{row.dimension} of framework {quoted(row.framework)} is asked about on line "
                f"{first[key].line} already; keep one question, or leave dimension empty"
            )
        first.setdefault(key, row)
    needed: dict[tuple[str, str], QualificationCriterion] = {}
    for one in criteria:
        needed.setdefault((one.framework.lower(), one.dimension), one)
    for key, one in needed.items():
        if key not in first:
            yield one.problem(
                f"{one.dimension} of framework {quoted(one.framework)} has no question in "
                "qualification_questions.csv; add one with that dimension"
            )


def _criteria(rules: RuleSet) -> Iterator[Problem]:
    """A question says of its criterion what the criterion says of itself."""
    criteria = rules.all_rows(QualificationCriterion)
    told = {(one.framework.lower(), one.criterion.lower()): one for one in criteria or []}
    for row in rules.rows(QualificationQuestion):
        one = told.get((row.framework.lower(), row.criterion.lower()))
        if one is not None and one.dimension != row.dimension:
            yield row.problem(
                f"dimension {quoted(row.dimension or '')} of criterion {quoted(row.criterion)} "
                f"must be {quoted(one.dimension)}, as in qualification_criteria.csv"
            )
