"""The truth: how interest decays, and how fit and interest make a customer.

The numbers differ from the default rules on purpose, so that a calibration has something to find.
"""

import math
from collections.abc import Iterable
from datetime import datetime

from lead_warehouse.simulate.chance import logistic
from lead_warehouse.simulate.records import Interaction

HALF_LIFE_DAYS = {"web": 6.0, "content": 24.0, "event": 28.0, "email": 12.0, "demand": 35.0}
WEIGHTS = {
    # kind of interaction: (signal group, points); a kind that is not named adds nothing
    "page": ("web", 1.0),
    "pricing_page": ("web", 6.0),
    "white_paper": ("content", 9.0),
    "webinar": ("event", 16.0),
    "badge_scanned": ("event", 7.0),
    "click": ("email", 3.0),
    "reply": ("email", 11.0),
    "demo": ("demand", 38.0),
    "contact_request": ("demand", 30.0),
}
HAND_RAISES = ("demo", "contact_request")
WEBINAR_MINUTES = 45.0
"""A webinar watched for so long has its full weight; longer has at most half as much again."""
SCALE = 10.0
INTERCEPT = -7.0
FIT_COEFFICIENT = 4.2
INTEREST_COEFFICIENT = 1.5

_DAY = 86400.0
_RATES = {group: math.log(2) / days / _DAY for group, days in HALF_LIFE_DAYS.items()}


class Interest:
    """A person's interest, carried forward from one interaction to the next."""

    def __init__(self) -> None:
        self._levels = dict.fromkeys(HALF_LIFE_DAYS, 0.0)
        self._at: datetime | None = None

    def add(self, one: Interaction) -> None:
        """Take an interaction in; not before an earlier one."""
        weight = _weight(one)
        if not weight:
            return
        self._decay(one.at)
        self._levels[WEIGHTS[one.kind][0]] += weight

    def level(self, at: datetime) -> float:
        """Interest at an instant that is not before the last interaction."""
        if self._at is None:
            return 0.0
        seconds = (at - self._at).total_seconds()
        return sum(
            level * math.exp(-_RATES[group] * seconds)
            for group, level in self._levels.items()
            if level
        )

    def _decay(self, at: datetime) -> None:
        if self._at is not None:
            seconds = (at - self._at).total_seconds()
            for group, level in self._levels.items():
                if level:
                    self._levels[group] = level * math.exp(-_RATES[group] * seconds)
        self._at = at


def interest_at(interactions: Iterable[Interaction], at: datetime) -> float:
    """A person's true interest at an instant: weights of what they did, each decayed since."""
    return sum(
        _weight(one) * math.exp(-_RATES[WEIGHTS[one.kind][0]] * (at - one.at).total_seconds())
        for one in interactions
        if one.at <= at and one.kind in WEIGHTS
    )


def propensity(fit: float, interest: float) -> float:
    """The chance that a lead which sales first touches now becomes a customer."""
    evidence = FIT_COEFFICIENT * fit + INTEREST_COEFFICIENT * math.log1p(interest / SCALE)
    return logistic(INTERCEPT + evidence)


def _weight(one: Interaction) -> float:
    """Points of an interaction; what no person did has none."""
    if one.made_by != "person" or one.kind not in WEIGHTS:
        return 0.0
    depth = 1.0 if one.depth is None else min(1.5, max(0.5, one.depth / WEBINAR_MINUTES))
    return WEIGHTS[one.kind][1] * depth
