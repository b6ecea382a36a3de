"""Areas under curves by hand, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lead_warehouse.calibrate.areas import area, difference, lift_at

REACHED = np.array([True, True, False, False])


def test_a_tie_is_half_and_the_error_is_delongs() -> None:
    found = area([3, 2, 2, 1], REACHED)
    assert found.value == 0.875
    assert found.low == pytest.approx(0.875 - 1.96 * 0.176776695297)
    assert found.high == 1


def test_areas_are_scikit_learns() -> None:
    chance = np.random.default_rng(3)
    reached = chance.random(500) < 0.2
    scores = np.round(chance.normal(size=500) + reached, 1)
    assert area(scores, reached).value == pytest.approx(roc_auc_score(reached, scores))


def test_the_same_ranking_differs_in_nothing() -> None:
    scores = [4.0, 2, 3, 1]
    found = difference(scores, [2 * one for one in scores], REACHED)
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_outcomes_of_one_kind_have_no_area() -> None:
    with pytest.raises(ValueError, match="needs leads that reached"):
        area([1, 2], np.array([True, True]))


def test_lift_is_the_share_of_the_first_over_the_share_of_all() -> None:
    assert lift_at([4, 3, 2, 1], REACHED, 0.5) == 2
    assert lift_at([1, 2, 3, 4], REACHED, 0.25) == 0
