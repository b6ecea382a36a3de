"""What signals, negative steps, score bands and grades must be to make sense."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from lead_warehouse.rules.problems import Problem, quoted, remedy
from lead_warehouse.rules.rows import (
    Grade,
    NegativeStep,
    RuleSet,
    ScoreBand,
    Scoring,
    Signal,
    SignalGroup,
)

LEAST, GREATEST = 0, 100
"""Ends of every score."""


def intent_problems(rules: RuleSet) -> Iterator[Problem]:
    """Numbers within their limits, and no interaction that both gives and takes points."""
    for group in rules.rows(SignalGroup):
        yield from group.out_of("half_life_days", above=0)
        yield from group.out_of("cap_points", above=0)
    signals = rules.rows(Signal)
    for signal in signals:
        yield from _signal(signal)
    lines = {signal.interaction_type: signal.line for signal in signals}
    for step in rules.rows(NegativeStep):
        yield from step.out_of("points", below=0)
        yield from step.out_of("lasts_days", above=0)
        if step.interaction_type in lines:
            yield step.problem(
                f"interaction_type {quoted(step.interaction_type)} gives points in signals.csv, "
                f"line {lines[step.interaction_type]}; keep it in one of the two"
            )
    for scoring in rules.rows(Scoring):
        for column in ("reference_points", "hand_raise_days", "frequency_days"):
            yield from scoring.out_of(column, above=0)


def _signal(row: Signal) -> Iterator[Problem]:
    yield from row.out_of("points", least=0)
    yield from row.out_of("reference_depth", above=0)
    yield from row.out_of("min_depth_factor", least=0)
    yield from row.out_of("max_depth_factor", least=0)
    low, high = row.min_depth_factor, row.max_depth_factor
    if low is not None and high is not None and low > high:
        yield row.problem(
            f"min_depth_factor {quoted(low)} is greater than max_depth_factor {quoted(high)}; "
            "write the lower one first"
        )
    columns = ("depth_unit", "min_depth_factor", "max_depth_factor")
    filled = [column for column in columns if getattr(row, column) is not None]
    if row.reference_depth is None and filled:
        yield row.problem(
            f"{', '.join(filled)} without reference_depth would be passed over; "
            "fill reference_depth or empty the others"
        )
    if row.reference_depth is not None and len(filled) < len(columns):
        missing = [column for column in columns if column not in filled]
        yield row.problem(f"reference_depth needs {', '.join(missing)} too; fill all or none")


def grade_problems(rules: RuleSet) -> Iterator[Problem]:
    """Bands that cover each score, and one grade for each pair of them."""
    for row in rules.rows(ScoreBand):
        if row.below_score is not None and row.below_score <= row.from_score:
            yield row.problem(
                f"from_score {quoted(row.from_score)} must be less than "
                f"below_score {quoted(row.below_score)}"
            )
    for grade in rules.rows(Grade):
        yield from grade.out_of("priority", least=1)
        yield from grade.out_of("hand_raise_priority", least=1)
    bands = rules.all_rows(ScoreBand)
    if bands is not None:
        for score in rules.accepted(ScoreBand, "score"):
            yield from _coverage(score, [band for band in bands if band.score == score])
        yield from _pairs(rules, bands)


def _coverage(score: str, bands: list[ScoreBand]) -> Iterator[Problem]:
    """Gaps and overlaps between the ends of a score, from the bottom up."""
    if not bands:
        text = f"score {quoted(score)} has no bands; add bands from {LEAST} on"
        yield Problem(ScoreBand.table, 1, text)
        return
    ordered = sorted(bands, key=lambda band: (band.from_score, band.below_score is None))
    if ordered[0].from_score != LEAST:
        yield ordered[0].problem(
            f"the lowest band of {score} begins at {ordered[0].from_score}; let it begin at {LEAST}"
        )
    for lower, upper in pairwise(ordered):
        if lower.below_score is None:
            yield lower.problem(
                f"band {quoted(lower.band)} of {score} has no below_score, yet line {upper.line} "
                "is above it; only the highest band is open"
            )
        elif lower.below_score != upper.from_score:
            what = "a gap" if lower.below_score < upper.from_score else "an overlap"
            yield upper.problem(
                f"band {quoted(upper.band)} of {score} begins at {upper.from_score}, the one below "
                f"ends at {lower.below_score} (line {lower.line}): {what}; make them meet"
            )
    highest = ordered[-1]
    if highest.below_score is not None:
        yield highest.problem(
            f"the highest band of {score} ends at {highest.below_score}; leave below_score empty, "
            f"so that {GREATEST} is in it"
        )
    for band in ordered:
        if band.from_score > GREATEST:
            yield band.problem(
                f"band {quoted(band.band)} of {score} begins at {band.from_score}, which no score "
                f"reaches; they end at {GREATEST}"
            )


def _pairs(rules: RuleSet, bands: list[ScoreBand]) -> Iterator[Problem]:
    known = {
        score: {band.band for band in bands if band.score == score} for score in ("fit", "intent")
    }
    for grade in rules.rows(Grade):
        for score, band in (("fit", grade.fit_band), ("intent", grade.intent_band)):
            if band not in known[score]:
                yield grade.problem(
                    f"{score}_band {quoted(band)} is not a band of {score} in score_bands.csv"
                    f"{remedy(band, known[score])}"
                )
    grades = rules.all_rows(Grade)
    if grades is None:
        return
    given = Counter((grade.fit_band, grade.intent_band) for grade in grades)
    for fit_band in sorted(known["fit"]):
        for intent_band in sorted(known["intent"]):
            if not given[fit_band, intent_band]:
                yield Problem(
                    Grade.table,
                    1,
                    f"fit_band {quoted(fit_band)} with intent_band {quoted(intent_band)} has no "
                    "grade; add a row",
                )
