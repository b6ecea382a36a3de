"""Points by a regularised regression: those in force, unless the past says otherwise."""

from dataclasses import dataclass

import numpy as np

from lead_warehouse.calibrate.cases import Cases, Floats

PENALTY = 4.0
"""How much the points in force are trusted: as much as a spread of half of them would be."""
Z = 1.96
LEAST, MOST = 0.0, 3.0
"""Of the points in force, the share that may be proposed."""


@dataclass(frozen=True)
class Points:
    """How many times its points in force a kind of interaction is worth.

    Attributes:
        factor: estimate; 1 leaves the points as they are.
        low, high: its 95 % interval.
        cases: leads that had such an interaction.
    """

    interaction_type: str
    factor: float
    low: float
    high: float
    cases: int

    @property
    def differs(self) -> bool:
        """Whether the points in force lie outside of the interval."""
        return not self.low <= 1 <= self.high


def find_points(cases: Cases, half_lives: Floats) -> list[Points]:
    """Factors on the points in force, with decay by these half-lives.

    The chance of winning is logistic in fit, in the decayed points together, which are left free,
    and in each kind by itself, which a penalty draws to nothing: what is left there is by how much
    the kind differs from its points.
    """
    sums = cases.decayed(half_lives, cases.event_type)
    total = sums.sum(axis=1)
    unit = float(total.std()) or 1.0
    x = np.column_stack([np.ones(len(total)), cases.fit, total / unit, sums / unit])
    penalty = np.array([0.0, 0.0, 0.0, *([PENALTY] * sums.shape[1])])
    weights, spread = _fit(x, cases.won.astype(float), penalty)
    together = weights[2]
    found = []
    for place, name in enumerate(cases.types):
        own = weights[3 + place]
        count = int((sums[:, place] > 0).sum())
        if together <= 0:
            found.append(Points(name, 1.0, LEAST, MOST, count))
            continue
        factor = 1 + own / together
        error = Z * float(np.sqrt(spread[3 + place, 3 + place])) / together
        found.append(
            Points(
                name,
                float(np.clip(factor, LEAST, MOST)),
                float(factor - error),
                float(factor + error),
                count,
            )
        )
    return found


def _fit(x: Floats, won: Floats, penalty: Floats) -> tuple[Floats, Floats]:
    """Weights of a logistic regression, and their covariance; a penalty for each weight by itself,
    which scikit-learn's has not, so that the columns are stretched for it."""
    from sklearn.linear_model import LogisticRegression

    weak = 1e-4
    stretch = 1 / np.sqrt(np.maximum(penalty, weak))
    model = LogisticRegression(C=1.0, fit_intercept=False, solver="newton-cholesky", max_iter=500)
    model.fit(x * stretch, won)
    weights: Floats = model.coef_[0] * stretch
    chance = 1 / (1 + np.exp(-x @ weights))
    information = (x * (chance * (1 - chance))[:, None]).T @ x
    covariance: Floats = np.linalg.inv(information + np.diag(np.maximum(penalty, weak)))
    return weights, covariance
