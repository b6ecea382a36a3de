import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.intent import (
    Interaction,
    depth_factor,
    factor_of,
    intent_at,
    is_by_machine,
    signal_of,
)
from tests.oracle.rules import Rules, load_rules, write_varied_rules
from tests.oracle.strategies import instants, interactions, rule_sets
from tests.oracle.together import Together, band_of, together

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
RULES = load_rules(SEEDS)
NOON = datetime(2026, 1, 5, 12)
INSTANT = timedelta(microseconds=1)


def at(number: float) -> datetime:
    return NOON + timedelta(days=number)


def points_on(number: float, *what: tuple[str, float]) -> float:
    return intent_at(at(number), [Interaction(kind, at(day)) for kind, day in what], RULES).points


def test_an_interaction_counts_from_its_own_instant_and_halves() -> None:
    demo = [Interaction("demo", NOON)]
    assert intent_at(NOON - INSTANT, demo, RULES).points == 0
    assert intent_at(NOON, demo, RULES).points == 40
    assert intent_at(at(30), demo, RULES).points == 20


def test_a_group_is_capped_and_its_state_is_not() -> None:
    demos = [Interaction("demo", NOON)] * 3
    found = intent_at(NOON, demos, RULES)
    assert (found.points, found.states["demand"]) == (50, 120)
    assert intent_at(at(30), demos, RULES).points == 50
    assert intent_at(at(60), demos, RULES).points == 30


def test_a_negative_step_lasts_its_days_undecayed_and_each_counts() -> None:
    left = [Interaction("demo", at(20)), Interaction("careers_page", NOON)]
    assert intent_at(at(20), left, RULES).points == 25
    assert intent_at(at(30) - INSTANT, left, RULES).step_points == -15
    assert intent_at(at(30), left, RULES).step_points == 0
    assert points_on(0, ("demo", 0), ("careers_page", 0), ("careers_page", 0)) == 10


def test_the_score_is_clamped_and_the_points_are_not() -> None:
    found = intent_at(NOON, [Interaction("not_interested", NOON)], RULES)
    assert (found.score, found.points) == (0, -40)


@pytest.mark.parametrize(
    ("depth", "unit", "factor"),
    [
        (45, "minutes", 1),
        (30, "minutes", pytest.approx(2 / 3)),
        (1, "minutes", 0.5),
        (0, "minutes", 0.5),
        (500, "minutes", 1.5),
        (-3, "minutes", 1),
        (None, "minutes", 1),
        (90, "pages", 1),
        (90, None, 1.5),
        (90, " Minutes", 1.5),
    ],
)
def test_depth_is_a_clamped_factor(depth: float | None, unit: str | None, factor: float) -> None:
    webinar = Interaction("webinar", NOON, depth, unit)
    assert depth_factor(webinar, RULES.signals["webinar"]) == factor


def test_recency_counts_what_earns_points() -> None:
    some = [
        Interaction("page", NOON),
        Interaction("open", at(2)),
        Interaction("unsubscribe", at(3)),
    ]
    assert intent_at(at(4), some, RULES).recency_days == 4
    assert intent_at(at(4), [Interaction("open", NOON)], RULES).recency_days is None


def test_a_hand_raise_lasts_its_days() -> None:
    demo = [Interaction("demo", NOON)]
    assert intent_at(at(30) - INSTANT, demo, RULES).has_hand_raise
    assert not intent_at(at(30), demo, RULES).has_hand_raise


@pytest.mark.parametrize(
    ("kind", "score", "band"),
    [
        ("fit", 100, "A"),
        ("fit", 80, "A"),
        ("fit", 79.999, "B"),
        ("fit", 60, "B"),
        ("fit", 40, "C"),
        ("fit", 0, "D"),
        ("intent", 60, "1"),
        ("intent", 59.975, "2"),
        ("intent", 15, "3"),
        ("intent", 14.999, "4"),
    ],
)
def test_bands_include_their_start(kind: str, score: float, band: str) -> None:
    assert band_of(kind, score, RULES) == band


def test_a_hand_raise_makes_a_grade_hotter() -> None:
    assert together(45, 5, True, RULES) == Together("C", "4", "C4", "hot", 4)
    assert together(45, 5, False, RULES) == Together("C", "4", "C4", "cold", 12)
    assert together(None, 5, True, RULES) is None


@given(st.data())
def test_it_agrees_with_fifty_digits(data: st.DataObject) -> None:
    rules = data.draw(rule_sets(RULES))
    some = data.draw(interactions(rules, instants()))
    now = data.draw(instants())
    found = intent_at(now, some, rules)
    for group, state in found.states.items():
        assert state == pytest.approx(
            float(exact_state(group, now, some, rules)), rel=1e-9, abs=1e-9
        )


def exact_state(group: str, now: datetime, some: list[Interaction], rules: Rules) -> Decimal:
    with localcontext() as context:
        context.prec = 50
        total = Decimal(0)
        for one in some:
            signal = signal_of(one, rules)
            if one.at > now or signal is None or signal.signal_group != group:
                continue
            if is_by_machine(one, rules):
                continue
            factor = Decimal(depth_factor(one, signal)) * Decimal(factor_of(one, rules))
            gone = Decimal((now - one.at) // INSTANT) / 86_400_000_000
            decay = Decimal(2) ** -(gone / rules.signal_groups[group].half_life_days)
            total += signal.points * factor * decay
        return total


@given(st.data())
def test_the_order_of_interactions_does_not_matter(data: st.DataObject) -> None:
    some = data.draw(interactions(RULES, instants()))
    now = data.draw(instants())
    shuffled = random.Random(0).sample(some, len(some))
    assert intent_at(now, some, RULES) == intent_at(now, shuffled, RULES)


@settings(max_examples=20)
@given(data=st.data())
def test_varied_rules_can_be_written_and_read(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rules = data.draw(rule_sets(RULES))
    seeds = tmp_path_factory.mktemp("seeds")
    for kind in ("rules", "reference"):
        (seeds / kind).mkdir()
        for path in (SEEDS / kind).glob("*.csv"):
            (seeds / kind / path.name).write_bytes(path.read_bytes())
    write_varied_rules(rules, seeds / "rules")
    assert load_rules(seeds) == rules
    assert replace(rules, signals={}) != rules
