"""Intent of a lead at an instant: decayed sums of interactions, under caps, less negative steps."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase

from tests.oracle.rules import (
    MICROSECONDS_PER_DAY,
    NegativeStep,
    Rules,
    Signal,
    SignalPattern,
    days,
    normalised,
)

TOLERANCE = 5e-13
"""What two honest sums may differ by; a score that close to a threshold has reached it."""


@dataclass(frozen=True)
class Interaction:
    interaction_type: str
    at: datetime
    depth: float | None = None
    depth_unit: str | None = None
    asset: str | None = None
    user_agent: str | None = None


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
    past = [one for one in interactions if one.at <= instant and not is_by_machine(one, rules)]
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
        (step.negative_group, float(step.points) * factor_of(one, rules))
        for one in past
        if (step := step_of(one, rules)) and instant < one.at + days(step.lasts_days)
    ]
    taken = [
        max(math.fsum(points for group, points in active if group == capped_group), -cap)
        for capped_group in {group for group, _ in active}
        for cap in [float(rules.negative_caps.get(capped_group) or math.inf)]
    ]
    points = math.fsum([*capped, *taken])
    scored = [
        one.at
        for one in past
        if (signal := signal_of(one, rules)) and weight(one, signal) * factor_of(one, rules) > 0
    ]
    return Intent(
        score=min(100.0, max(0.0, 100 * points / float(rules.scoring.reference_points))),
        points=points,
        states=states,
        step_points=math.fsum(taken),
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
    """Whether a person asks to be called."""
    signal = signal_of(interaction, rules)
    is_person = not is_by_machine(interaction, rules)
    return signal is not None and signal.is_hand_raise and is_person


def is_by_machine(interaction: Interaction, rules: Rules) -> bool:
    """Whether the user agent says that no person was at work."""
    agent = (interaction.user_agent or "").lower()
    return any(word in agent for word in rules.machine_agents)


def pattern_of(interaction: Interaction, rules: Rules) -> SignalPattern | None:
    """The first pattern by precedence that the asset meets."""
    if interaction.asset is None:
        return None
    address = normalised(interaction.asset).split("?")[0]
    if "://" in address:
        address = "/" + address.split("://")[1].partition("/")[2]
    path = address.rstrip("/") or "/"
    found = [
        one
        for one in rules.patterns
        if one.interaction_type == interaction.interaction_type
        and (
            path == one.pattern
            if one.match == "equals"
            else path.startswith(one.pattern)
            if one.match == "starts_with"
            else fnmatchcase(path, one.pattern)
        )
    ]
    return min(found, key=lambda one: one.precedence, default=None)


def counted_type(interaction: Interaction, rules: Rules) -> str:
    """The type whose points an interaction has."""
    pattern = pattern_of(interaction, rules)
    return (pattern and pattern.counts_as) or interaction.interaction_type


def factor_of(interaction: Interaction, rules: Rules) -> float:
    """What a pattern multiplies the points with."""
    pattern = pattern_of(interaction, rules)
    is_plain = pattern is None or pattern.weight_factor is None
    return 1.0 if is_plain else float(pattern.weight_factor)  # type: ignore[union-attr, arg-type]


def signal_of(interaction: Interaction, rules: Rules) -> Signal | None:
    return rules.signals.get(counted_type(interaction, rules))


def step_of(interaction: Interaction, rules: Rules) -> NegativeStep | None:
    return rules.negative_steps.get(counted_type(interaction, rules))


def expiries(interactions: Sequence[Interaction], rules: Rules) -> set[datetime]:
    """The instants at which negative steps give their points back."""
    return {
        one.at + days(step.lasts_days)
        for one in interactions
        if (step := step_of(one, rules)) and not is_by_machine(one, rules)
    }


def reaches(score: float, threshold: Decimal) -> bool:
    """Whether ``score`` is at least ``threshold``, equality included."""
    return score >= float(threshold) - TOLERANCE


def in_days(span: timedelta) -> float:
    """Days, from whole microseconds."""
    return (span // timedelta(microseconds=1)) / MICROSECONDS_PER_DAY


def _group_of(interaction: Interaction, rules: Rules) -> str | None:
    signal = signal_of(interaction, rules)
    return signal.signal_group if signal else None


def _contribution(interaction: Interaction, instant: datetime, rules: Rules) -> float:
    signal = rules.signals[counted_type(interaction, rules)]
    half_life = float(rules.signal_groups[signal.signal_group].half_life_days)
    return float(
        weight(interaction, signal)
        * factor_of(interaction, rules)
        * 2.0 ** -(in_days(instant - interaction.at) / half_life)
    )
