"""Fit and intent together: bands, grade, temperature, priority."""

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.intent import reaches
from tests.oracle.rules import Rules


@dataclass(frozen=True)
class Together:
    fit_band: str
    intent_band: str
    grade: str
    temperature: str
    priority: int


def band_of(kind: str, score: float | Fraction, rules: Rules) -> str:
    """The band of a ``fit`` or ``intent`` score: its start included, its end not."""
    (found,) = [
        one.band
        for one in rules.bands
        if one.score == kind
        and reaches(float(score), one.from_score)
        and not (one.below_score is not None and reaches(float(score), one.below_score))
    ]
    return found


def together(
    fit_score: float | Fraction | None, intent_score: float, has_hand_raise: bool, rules: Rules
) -> Together | None:
    """The grade and what it means; None without a profile, that is, without a fit score."""
    if fit_score is None:
        return None
    fit_band = band_of("fit", fit_score, rules)
    intent_band = band_of("intent", intent_score, rules)
    grade = rules.grades[fit_band, intent_band]
    return Together(
        fit_band,
        intent_band,
        fit_band + intent_band,
        grade.hand_raise_temperature if has_hand_raise else grade.temperature,
        grade.hand_raise_priority if has_hand_raise else grade.priority,
    )
