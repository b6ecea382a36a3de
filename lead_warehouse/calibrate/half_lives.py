"""Half-lives by likelihood: each over a grid, with the others fitted anew beside it.

What is fitted is the chance of winning as logistic in fit and in ln(1 + decayed points / scale):
twice the interest is worth about as much whatever it was, as in any score of diminishing returns.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from lead_warehouse.calibrate.cases import Cases, Floats

GRID = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0, 12.0, 16.0, 21.0, 28.0, 35.0, 45.0, 60.0, 90.0, 180.0)
"""Days that are tried, and no decay at all."""
CHI_SQUARED_HALVED = 1.9207
"""Likelihood that a value in a 95 % interval may lack: half of the 95 % point of chi-squared, 1."""
SCALES = (3.0, 10.0, 30.0)
"""Points at which interest starts to saturate, that are tried."""
WEAK = 1e4
"""Inverse strength of the penalty: so weak that it settles only what the data cannot."""


@dataclass(frozen=True)
class HalfLife:
    """A half-life in days.

    Attributes:
        in_force: what the rules say.
        best: the likeliest of the grid; infinite for no decay.
        low, high: least and greatest that the data do not rule out.
        is_told: whether the data rule anything out at all.
    """

    group: str
    in_force: float
    best: float
    low: float
    high: float
    is_told: bool


@dataclass(frozen=True)
class Decay:
    """What the cases say of decay.

    Attributes:
        scale: points at which interest starts to saturate.
        gain: twice the log-likelihood that the best half-lives gain over no decay at all.
    """

    half_lives: list[HalfLife]
    scale: float
    gain: float

    @property
    def best(self) -> Floats:
        """The likeliest half-lives."""
        return np.array([one.best for one in self.half_lives])


def features(cases: Cases, half_lives: Floats, scale: float) -> Floats:
    """Fit, and interest as it saturates."""
    interest = np.log1p(cases.decayed(half_lives).sum(axis=1) / scale)
    return np.column_stack([cases.fit, interest])


def fitted(x: Floats, won: Any) -> Any:
    """A weakly penalised logistic regression.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.
    """
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=WEAK, solver="newton-cholesky", max_iter=200).fit(x, won)


def log_likelihood(cases: Cases, half_lives: Floats, scale: float) -> float:
    """Of the cases, by the regression fitted to them."""
    x = features(cases, half_lives, scale)
    odds = fitted(x, cases.won).decision_function(x)
    return float(-np.logaddexp(0, np.where(cases.won, -odds, odds)).sum())


def find_half_lives(cases: Cases) -> Decay:
    """The likeliest half-lives of all groups together, and what each may be."""
    grid = [*GRID, np.inf]
    last = len(grid) - 1

    @cache
    def likelihood(places: tuple[int, ...], scale: float) -> float:
        return log_likelihood(cases, np.array([grid[place] for place in places]), scale)

    def climb(
        places: tuple[int, ...], scale: float, fixed: int | None, reach: int
    ) -> tuple[int, ...]:
        """Move one group after the other to its best place, until none moves."""
        while True:
            before = places
            for group in range(len(places)):
                if group == fixed:
                    continue
                tried = range(max(places[group] - reach, 0), min(places[group] + reach, last) + 1)
                places = max(
                    ((*places[:group], place, *places[group + 1 :]) for place in tried),
                    key=lambda one: likelihood(one, scale),
                )
            if places == before:
                return places

    def nearest(days: float) -> int:
        return min(range(last), key=lambda place: abs(np.log(grid[place] / days)))

    start = tuple(nearest(cases.half_lives[group]) for group in cases.groups)
    ends = {scale: climb(start, scale, None, last) for scale in SCALES}
    scale = max(SCALES, key=lambda one: likelihood(ends[one], one))
    best, most = ends[scale], likelihood(ends[scale], scale)
    undecayed = max(likelihood((last,) * len(best), one) for one in SCALES)
    found = []
    for number, group in enumerate(cases.groups):
        possible = [best[number]]
        for step in (-1, 1):
            places = best
            for place in range(best[number] + step, last + 1 if step > 0 else -1, step):
                # From one place to the next the others move little.
                moved = (*places[:number], place, *places[number + 1 :])
                places = climb(moved, scale, number, 1)
                if likelihood(places, scale) < most - CHI_SQUARED_HALVED:
                    break
                possible.append(place)
        low, high = min(possible), max(possible)
        found.append(
            HalfLife(
                group,
                cases.half_lives[group],
                grid[best[number]],
                grid[max(low - 1, 0)] if low else 0.0,
                grid[min(high + 1, last)],
                low > 0 or high < last,
            )
        )
    return Decay(found, scale, 2 * (most - undecayed))
