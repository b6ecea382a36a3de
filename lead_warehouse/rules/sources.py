"""What rows that map sources to channels, and figures to what they count, must be to make sense."""

from collections.abc import Iterator

from lead_warehouse.rules.problems import Problem, quoted
from lead_warehouse.rules.rows import RuleSet, SourceMapping, TargetMetric
from lead_warehouse.rules.words import normalised


def source_problems(rules: RuleSet) -> Iterator[Problem]:
    """Rows that would map everything, or that a row before them leaves nothing."""
    seen: dict[tuple[str, str, str], SourceMapping] = {}
    for row in sorted(rules.rows(SourceMapping), key=lambda one: one.precedence):
        conditions = (
            normalised(row.recorded_source or ""),
            normalised(row.utm_source or ""),
            normalised(row.utm_medium or ""),
        )
        if not any(conditions):
            yield row.problem(
                "no condition is filled, so every source would be of channel "
                f"{quoted(row.channel)}; fill recorded_source, utm_source or utm_medium"
            )
        elif (before := seen.get(conditions)) is not None:
            yield row.problem(
                f"says what precedence {before.precedence} says already, since case, accents, "
                "blanks and marks do not count; remove one of them"
            )
        seen.setdefault(conditions, row)


def target_problems(rules: RuleSet) -> Iterator[Problem]:
    """Figures of stages that name one, and others that do not; names as they are compared."""
    for row in rules.rows(TargetMetric):
        if (row.stage is not None) != (row.measure == "stage_entries"):
            advice = "fill stage" if row.stage is None else "leave stage empty"
            yield row.problem(f"measure {quoted(row.measure)} and stage do not agree; {advice}")
        if row.metric != (plain := normalised(row.metric).replace(" ", "_")):
            yield row.problem(
                f"metric {quoted(row.metric)} would match no target; write {quoted(plain)}"
            )
