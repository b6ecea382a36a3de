"""Areas under curves, and the difference of two of them on the same leads (DeLong)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead_warehouse.calibrate.cases import Floats

Z = 1.96


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def area(scores: Any, reached: NDArray[np.bool_]) -> Estimate:
    """Chance that who reached the outcome stands above who did not; a tie is half."""
    worth_of_reached, worth_of_others = _worths(np.asarray(scores, dtype=float), reached)
    value = float(worth_of_reached.mean())
    error = _error(worth_of_reached, worth_of_others)
    return Estimate(value, max(value - Z * error, 0.0), min(value + Z * error, 1.0))


def difference(one: Any, other: Any, reached: NDArray[np.bool_]) -> Estimate:
    """Area of ``one`` less that of ``other``; both rank the same leads, so errors partly cancel."""
    pairs = [_worths(np.asarray(scores, dtype=float), reached) for scores in (one, other)]
    worth_of_reached = pairs[0][0] - pairs[1][0]
    worth_of_others = pairs[0][1] - pairs[1][1]
    value = float(worth_of_reached.mean())
    error = _error(worth_of_reached, worth_of_others)
    return Estimate(value, value - Z * error, value + Z * error)


def _worths(scores: Floats, reached: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """What each lead is worth in the area: share of the other kind that it stands rightly to."""
    if reached.all() or not reached.any():
        raise ValueError("an area needs leads that reached the outcome, and others")
    positives, others = np.sort(scores[reached]), np.sort(scores[~reached])

    def below(values: Floats, of: Floats) -> Floats:
        left, right = (np.searchsorted(of, values, side=side) for side in ("left", "right"))
        return np.asarray((left + right) / 2 / len(of))

    return below(scores[reached], others), 1 - below(scores[~reached], positives)


def _error(worth_of_reached: Floats, worth_of_others: Floats) -> float:
    if min(len(worth_of_reached), len(worth_of_others)) < 2:
        return float("nan")
    return float(
        np.sqrt(
            worth_of_reached.var(ddof=1) / len(worth_of_reached)
            + worth_of_others.var(ddof=1) / len(worth_of_others)
        )
    )


def lift_at(scores: Any, reached: NDArray[np.bool_], rate: float) -> float:
    """Share of the leads ranked first that reached the outcome, over the share of all."""
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    top = order[: max(int(np.ceil(rate * len(order))), 1)]
    return float(reached[top].mean() / reached.mean())
