"""What the cases say, in a form that people can decide on, or how many more they would take."""

from dataclasses import dataclass

import numpy as np

from lead_warehouse.calibrate.areas import Estimate, area, difference
from lead_warehouse.calibrate.cases import Cases, Floats
from lead_warehouse.calibrate.half_lives import Decay, features, find_half_lives, fitted
from lead_warehouse.calibrate.points import Points, find_points

WON_PER_PARAMETER = 10
"""Leads won, and as many not, that each parameter takes: the rule of thumb of such regressions."""
TRAINED_SHARE = 0.7
"""Of the cases, the earlier ones that the judged figures are learned from."""


@dataclass(frozen=True)
class TooFew:
    """There is not enough to learn from.

    Attributes:
        won: leads won among the cases.
        needed: leads won (or not won, whichever are fewer) that it takes.
        cases_needed: leads that take about so many, at the share won so far; none without any.
    """

    cases: int
    won: int
    needed: int
    cases_needed: int | None


@dataclass(frozen=True)
class Verdict:
    """What the past says.

    Attributes:
        helps: whether decay helps: half-lives gain more likelihood over no decay than chance would.
        needed_gain: what chance alone would gain in one of twenty data sets.
        trained, judged: cases learned from and later cases judged on, with those won.
        areas: by what ranks the later cases.
        over_no_decay: difference of the area with the half-lives found to that without decay.
    """

    cases: int
    won: int
    is_first_touch: bool
    decay: Decay
    helps: bool
    needed_gain: float
    trained: tuple[int, int]
    judged: tuple[int, int]
    areas: dict[str, Estimate]
    over_no_decay: Estimate | None
    points: list[Points]


def judge(cases: Cases) -> Verdict | TooFew:
    """Learn half-lives and points from all cases; judge what the earlier ones teach on the later.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.
    """
    needed = WON_PER_PARAMETER * (len(cases.groups) + 3)
    count, won = len(cases.fit), int(cases.won.sum())
    if min(won, count - won) < needed:
        rate = min(won, count - won) / count if count else 0
        return TooFew(count, won, needed, int(np.ceil(needed / rate)) if rate else None)
    decay = find_half_lives(cases)
    needed_gain = CHI_SQUARED[min(len(cases.groups), len(CHI_SQUARED)) - 1]
    earlier = np.arange(count) < int(count * TRAINED_SHARE)
    trained, judged = cases.part(earlier), cases.part(~earlier)
    areas, over = _out_of_time(trained, judged)
    return Verdict(
        count,
        won,
        cases.is_first_touch,
        decay,
        decay.gain > needed_gain,
        needed_gain,
        (len(trained.fit), int(trained.won.sum())),
        (len(judged.fit), int(judged.won.sum())),
        areas,
        over,
        find_points(cases, decay.best),
    )


CHI_SQUARED = (3.841, 5.991, 7.815, 9.488, 11.070, 12.592, 14.067, 15.507, 16.919, 18.307)
"""95 % points of chi-squared by degrees of freedom, one for each group whose decay is tried."""


def _out_of_time(trained: Cases, judged: Cases) -> tuple[dict[str, Estimate], Estimate | None]:
    if not trained.won.any() or judged.won.all() or not judged.won.any():
        return {}, None
    decay = find_half_lives(trained)
    in_force = np.array([trained.half_lives[group] for group in trained.groups])
    never = np.full(len(trained.groups), np.inf)

    def foretold(half_lives: Floats) -> Floats:
        model = fitted(features(trained, half_lives, decay.scale), trained.won)
        odds: Floats = model.decision_function(features(judged, half_lives, decay.scale))
        return odds

    counts = np.bincount(judged.event_case, minlength=len(judged.fit))
    scores = {
        "half-lives found": foretold(decay.best),
        "half-lives in force": foretold(in_force),
        "no decay": foretold(never),
        "count of interactions": counts,
        "fit": judged.fit,
    }
    return (
        {name: area(one, judged.won) for name, one in scores.items()},
        difference(scores["half-lives found"], scores["no decay"], judged.won),
    )
