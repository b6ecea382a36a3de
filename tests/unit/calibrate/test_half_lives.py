"""Half-lives of the simulated company are found within the intervals that are told."""

import numpy as np
import pytest

from lead_warehouse.calibrate.cases import Cases
from lead_warehouse.calibrate.half_lives import find_half_lives
from lead_warehouse.calibrate.proposal import too_few_in_words
from lead_warehouse.calibrate.verdict import TooFew, Verdict, judge
from lead_warehouse.simulate.interest import HALF_LIFE_DAYS, WEBINAR_MINUTES, WEIGHTS
from lead_warehouse.simulate.world import make_company

RULES = {"web": 7.0, "content": 21.0, "event": 30.0, "email": 14.0, "demand": 30.0}


def as_cases(
    events: list[tuple[int, int, int, float, float]],
    fit: list[float],
    won: list[bool],
    at: list[object],
) -> Cases:
    order = np.argsort(np.array(at, dtype="datetime64[us]"), kind="stable")
    place = np.argsort(order)
    case, group, kind, age, points = map(np.array, zip(*events, strict=True))
    return Cases(
        [at[number] for number in order],
        np.array(fit)[order],
        np.array(won)[order],
        sorted(HALF_LIFE_DAYS),
        sorted(WEIGHTS),
        place[case],
        group,
        kind,
        age,
        points,
        RULES,
        True,
    )


@pytest.fixture(scope="module")
def simulated() -> Cases:
    """Each pursuit of a simulated company as sales first turned to the lead, with its truth."""
    groups, types = sorted(HALF_LIFE_DAYS), sorted(WEIGHTS)
    at: list[object] = []
    fit: list[float] = []
    won: list[bool] = []
    events = []
    for lead in make_company(4000, 7).leads:
        if lead.duplicate_of or lead.is_bot:
            continue
        for pursuit in lead.pursuits:
            if not pursuit.touched_at:
                continue
            for one in lead.interactions:
                if one.kind in WEIGHTS and one.made_by == "person" and one.at <= pursuit.touched_at:
                    group, points = WEIGHTS[one.kind]
                    depth = 1.0 if one.depth is None else one.depth / WEBINAR_MINUTES
                    age = (pursuit.touched_at - one.at).total_seconds() / 86400
                    events.append(
                        (
                            len(at),
                            groups.index(group),
                            types.index(one.kind),
                            age,
                            points * min(1.5, max(0.5, depth)),
                        )
                    )
            at.append(pursuit.touched_at)
            fit.append(lead.fit)
            won.append(pursuit.buys)
    return as_cases(events, fit, won, at)


def test_true_half_lives_lie_within_the_intervals_told(simulated: Cases) -> None:
    verdict = judge(simulated)
    assert isinstance(verdict, Verdict)
    assert verdict.helps
    for one in verdict.decay.half_lives:
        assert one.is_told
        assert one.low <= HALF_LIFE_DAYS[one.group] <= one.high, one
    assert verdict.areas["half-lives found"].value > verdict.areas["count of interactions"].value
    assert verdict.areas["half-lives found"].value > verdict.areas["no decay"].value


def test_outcomes_that_no_age_matters_for_are_not_explained_by_decay(simulated: Cases) -> None:
    """The same interactions, with outcomes drawn from their plain sum."""
    chance = np.random.default_rng(7)
    plain = np.log1p(simulated.decayed(np.full(len(simulated.groups), np.inf)).sum(axis=1) / 10)
    odds = -4.5 + 4 * simulated.fit + 0.8 * plain
    won = chance.random(len(odds)) < 1 / (1 + np.exp(-odds))
    drawn = Cases(**{**simulated.__dict__, "won": won})
    decay = find_half_lives(drawn)
    assert won.sum() > 100
    assert decay.gain < 11.07
    assert all(one.high == np.inf for one in decay.half_lives)


def test_too_few_are_told_with_the_number_it_takes(simulated: Cases) -> None:
    few = simulated.part(np.arange(len(simulated.fit)) < 200)
    found = judge(few)
    assert isinstance(found, TooFew)
    assert found.needed == 80 and found.won < 80
    assert found.cases_needed is not None and found.cases_needed > 200
    assert too_few_in_words(found).startswith(
        f"too few to learn from: {found.won} of 200 leads were won, and it takes 80 won"
    )
    none = Cases(**{**few.__dict__, "won": np.zeros(200, dtype=bool)})
    assert judge(none) == TooFew(200, 0, 80, None)
