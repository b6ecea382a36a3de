"""Intent of a lead at an instant: decayed sums of interactions, under caps, less negative steps."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tests.oracle.rules import MICROSECONDS_PER_DAY, Rules, Signal, days, normalised

TOLERANCE = 5e-13
"""What two honest sums may differ by; a score that close to a threshold has reached it."""


@dataclass(frozen=True)
class Interaction:
    interaction_type: str
    at: datetime
    depth: float | None = None
    depth_unit: str | None = None


@dataclass(frozen=True)
class Intent:
    """``points`` are those before the clamp; ``states`` those of each group before its cap."""

    score: float
    points: float
    states: Mapping[str, float]
    step_points: float
    recency_days: float | None
    has_hand_raise: bool


def intent_at(instant: datetime, interactions: Iterable[Interaction], rules: Rules) -> Intent:
    """Intent at ``instant``, from the interactions up to it."""
    past = [one for one in interactions if one.at <= instant]
    states = {
        group.signal_group: math.fsum(
            _contribution(one, instant, rules)
            for one in past
            if _group_of(one, rules) == group.signal_group
        )
        for group in rules.signal_groups.values()
    }
    capped = [
        min(float(rules.signal_groups[group].cap_points), state) for group, state in states.items()
    ]
    active = [
        float(step.points)
        for one in past
        if (step := rules.negative_steps.get(one.interaction_type))
        and instant < one.at + days(step.lasts_days)
    ]
    points = math.fsum([*capped, *active])
    scored = [
        one.at
        for one in past
        if (signal := rules.signals.get(one.interaction_type)) and signal.points > 0
    ]
    return Intent(
        score=min(100.0, max(0.0, 100 * points / float(rules.scoring.reference_points))),
        points=points,
        states=states,
        step_points=math.fsum(active),
        recency_days=in_days(instant - max(scored)) if scored else None,
        has_hand_raise=any(
            instant < one.at + days(rules.scoring.hand_raise_days)
            for one in past
            if is_hand_raise(one, rules)
        ),
    )


def weight(interaction: Interaction, signal: Signal) -> float:
    """Points of an interaction at the instant it happens."""
    return float(signal.points) * depth_factor(interaction, signal)


def depth_factor(interaction: Interaction, signal: Signal) -> float:
    """Depth as a multiple of the reference, clamped; 1 where it says nothing."""
    depth, reference = interaction.depth, signal.reference_depth
    if depth is None or not math.isfinite(depth) or depth < 0 or not reference:
        return 1.0
    unit = interaction.depth_unit
    if unit is not None and normalised(unit) != normalised(signal.depth_unit or ""):
        return 1.0
    factor = depth / float(reference)
    if signal.min_depth_factor is not None:
        factor = max(factor, float(signal.min_depth_factor))
    if signal.max_depth_factor is not None:
        factor = min(factor, float(signal.max_depth_factor))
    return factor


def is_hand_raise(interaction: Interaction, rules: Rules) -> bool:
    """Whether the person asks to be called."""
    signal = rules.signals.get(interaction.interaction_type)
    return signal is not None and signal.is_hand_raise


def expiries(interactions: Sequence[Interaction], rules: Rules) -> set[datetime]:
    """The instants at which negative steps give their points back."""
    return {
        one.at + days(step.lasts_days)
        for one in interactions
        if (step := rules.negative_steps.get(one.interaction_type))
    }


def reaches(score: float, threshold: Decimal) -> bool:
    """Whether ``score`` is at least ``threshold``, equality included."""
    return score >= float(threshold) - TOLERANCE


def in_days(span: timedelta) -> float:
    """Days, from whole microseconds."""
    return (span // timedelta(microseconds=1)) / MICROSECONDS_PER_DAY


def _group_of(interaction: Interaction, rules: Rules) -> str | None:
    signal = rules.signals.get(interaction.interaction_type)
    return signal.signal_group if signal else None


def _contribution(interaction: Interaction, instant: datetime, rules: Rules) -> float:
    signal = rules.signals[interaction.interaction_type]
    half_life = float(rules.signal_groups[signal.signal_group].half_life_days)
    return float(
        weight(interaction, signal) * 2.0 ** -(in_days(instant - interaction.at) / half_life)
    )
