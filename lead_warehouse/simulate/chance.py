"""Draws that several parts of the sample company share."""

import math
import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar

from lead_warehouse.simulate.records import FIRST_DAY, LAST_DAY

T = TypeVar("T")
FIRST_HOUR, LAST_HOUR = 7, 16
"""Hours of UTC in which most of Europe is at work, summer and winter."""


def pick(rng: random.Random, weights: Mapping[T, float]) -> T:
    """One of the keys, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def after(rng: random.Random, at: datetime, typical_days: float, spread: float = 0.8) -> datetime:
    """An instant some days later, lognormal around what is typical."""
    return at + timedelta(seconds=int(rng.lognormvariate(0, spread) * typical_days * 86400))


def at_work(rng: random.Random, at: datetime) -> datetime:
    """The instant itself in working hours, else one in the first hours of the next working day."""
    if at.weekday() < 5 and FIRST_HOUR <= at.hour < LAST_HOUR:
        return at
    day = at.replace(hour=0, minute=0, second=0)
    if at.weekday() >= 5 or at.hour >= LAST_HOUR:
        day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day + timedelta(hours=FIRST_HOUR, seconds=rng.randrange(3 * 3600))


def logistic(x: float) -> float:
    """A chance from its log-odds."""
    return 1 / (1 + math.exp(-x))


def months() -> Iterator[date]:
    """First days of the months that the sample is told for."""
    day = FIRST_DAY.date()
    while day < LAST_DAY.date():
        yield day
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
