from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.fit import Value, with_derived
from tests.oracle.intent import Interaction
from tests.oracle.lifecycle import (
    Acts,
    Answer,
    History,
    Objection,
    Rejection,
    Version,
    next_midnight,
    transitions_of,
)
from tests.oracle.rules import load_rules
from tests.oracle.strategies import as_of_times, histories, rule_sets

RULES = load_rules(Path(__file__).resolve().parents[3] / "seeds")
NOON = datetime(2026, 1, 5, 12)
INSTANT = timedelta(microseconds=1)
FOUR = ("need", "timing", "budget", "authority")

FITTING: dict[str, Value] = {
    "industry": "machinery",
    "employee_count": 100,
    "country_code": "FR",
    "job_title": "Head of operations",
}
NOT_FITTING: dict[str, Value] = {"country_code": "FR", "job_title": "Sales manager"}
ELSEWHERE: dict[str, Value] = {**FITTING, "country_code": "US"}
BOTH: dict[str, Value] = {
    **FITTING,
    "industry": "aerospace",
    "employee_count": 1000,
    "is_listed": True,
    "job_title": "IT director",
    "tech_stack": "erp; cloud",
}


def at(number: float) -> datetime:
    """So many days after noon of the first day."""
    return NOON + timedelta(days=number)


def lead(
    *what: tuple[str, float],
    known: Sequence[tuple[float, dict[str, Value]]] = ((0, FITTING),),
    acts: Acts | None = None,
    created: float = 0,
) -> History:
    return History(
        at(created),
        [Version(at(number), with_derived(raw, RULES)) for number, raw in known],
        [Interaction(kind, at(number)) for kind, number in what],
        acts or Acts(),
    )


def stages(history: History, until: float = 1000) -> list[tuple[str, float]]:
    return [
        (row.to_stage, (row.at - NOON) / timedelta(days=1))
        for row in transitions_of(history, at(until), RULES)
    ]


def triggers(history: History, until: float = 1000) -> list[str]:
    return [row.trigger for row in transitions_of(history, at(until), RULES)]


def four(number: float, **changed: str | None) -> list[Answer]:
    answer = Answer("", at(number), "BANT", "", "confirmed", "yes", "call notes", "rep")
    return [
        replace(answer, answer_id=f"{number}_{one}", criterion=one)
        if one != "budget"
        else replace(answer, answer_id=f"{number}_{one}", criterion=one, **changed)  # type: ignore[arg-type]
        for one in FOUR
    ]


def test_nothing_happens_before_it_was_created_or_after_as_of() -> None:
    history = lead(("demo", 0))
    assert transitions_of(history, NOON - INSTANT, RULES) == []
    assert stages(lead(("demo", 1)), 1 - 1e-6) == [("lead", 0), ("nurture", 0)]
    assert stages(lead(("demo", 1)), 1) == [("lead", 0), ("nurture", 0), ("mql", 1)]


def test_a_lead_of_which_nothing_is_known_is_a_lead() -> None:
    assert stages(History(NOON)) == [("lead", 0)]


def test_without_fit_a_demo_changes_nothing() -> None:
    assert stages(lead(("demo", 0), known=[(0, NOT_FITTING)])) == [("lead", 0)]


def test_an_unknown_required_criterion_blocks_until_it_is_known() -> None:
    unknown = {**FITTING, "country_code": None}
    history = lead(("demo", 0), ("demo", 1), known=[(0, unknown), (2, FITTING)])
    assert stages(history, 2) == [("lead", 0), ("mql", 2)]


def test_a_step_that_expires_lets_the_lead_cross() -> None:
    history = lead(("careers_page", -29), ("demo", 0), ("white_paper", 0))
    assert stages(history, 5) == [("lead", 0), ("nurture", 0), ("mql", 1)]


def test_what_happened_before_the_lead_was_known_counts_once_it_is() -> None:
    history = lead(("demo", -1), ("white_paper", -1), known=[(0, FITTING)])
    assert stages(history, 1) == [("lead", 0), ("mql", 0)]


def test_intent_that_fades_within_the_day_of_its_change_does_not_hold() -> None:
    history = lead(("demo", -0.1), known=[(-1, FITTING)])
    assert stages(history, 1) == [("lead", 0)]


def test_the_profile_of_the_highest_floor_is_kept() -> None:
    rows = transitions_of(lead(("demo", 0), known=[(0, BOTH)]), at(0), RULES)
    assert [row.profile for row in rows] == [None, "it_services_large_accounts"]


def test_exclusion_of_the_kept_profile_alone_ends_an_mql_and_another_may_follow_at_once() -> None:
    german = {**BOTH, "country_code": "DE"}
    history = lead(("demo", 0), ("contact_request", 0), known=[(0, BOTH), (1, german)])
    rows = transitions_of(history, at(2), RULES)
    assert [(row.to_stage, row.trigger) for row in rows] == [
        ("lead", "lead_created"),
        ("mql", "thresholds_reached"),
        ("lead", "excluded"),
        ("mql", "thresholds_reached"),
    ]
    assert [row.profile for row in rows][1::2] == ["it_services_large_accounts", "saas_mid_market"]
    back = lead(("demo", 0), known=[(0, FITTING), (1, ELSEWHERE)])
    assert stages(back) == [("lead", 0), ("mql", 0), ("lead", 1)]


def test_an_objection_ends_an_mql_and_its_end_lets_it_cross_again() -> None:
    asked = [("demo", 0.0), ("contact_request", 0.0)]
    for_good = lead(*asked, acts=Acts(objections=[Objection(at(2))]))
    assert stages(for_good) == [("lead", 0), ("mql", 0), ("lead", 2)]
    for_a_time = lead(*asked, acts=Acts(objections=[Objection(at(2), at(4))]))
    assert stages(for_a_time, 5) == [("lead", 0), ("mql", 0), ("lead", 2), ("mql", 4)]


def test_low_intent_ends_an_mql_after_the_dwell() -> None:
    # 40 points halve in 30 days: at noon of day 30 exactly 20, so low at the end of that day.
    assert stages(lead(("demo", 0)), 44.5) == [("lead", 0), ("mql", 0), ("nurture", 44.5)]
    assert stages(lead(("demo", 0)), 44.4) == [("lead", 0), ("mql", 0)]


@pytest.mark.parametrize("number", [31, 44.5])
def test_touching_the_exit_threshold_resets_the_dwell(number: float) -> None:
    history = lead(("demo", 0), ("white_paper", number))
    assert ("nurture", 44.5) not in stages(history)
    assert dict(stages(history))["nurture"] > 44.5


def test_a_touch_after_the_dwell_is_too_late() -> None:
    assert ("nurture", 44.5) in stages(lead(("demo", 0), ("white_paper", 44.5 + 1e-6)))


def test_an_accepted_lead_does_not_leave_by_decay() -> None:
    assert stages(lead(("demo", 0), acts=Acts(accepted=[at(1)])))[-1] == ("sal", 1)


def test_a_rejection_goes_where_its_reason_says() -> None:
    for reason, stage in (("timing", "recycled"), ("competitor", "disqualified")):
        acts = Acts(accepted=[at(1)], rejections=[Rejection(at(2), reason)])
        assert stages(lead(("demo", 0), acts=acts), 3)[-1] == (stage, 2)


def returned_on_day_1(*what: tuple[str, float]) -> History:
    acts = Acts(accepted=[at(0.5)], rejections=[Rejection(at(1), "timing")])
    return lead(("demo", 0), *what, acts=acts)


def test_a_request_re_enters_at_once() -> None:
    assert triggers(returned_on_day_1(("demo", 5)), 5)[-1] == "request_qualified"
    assert stages(returned_on_day_1(("demo", 5)), 5)[-1] == ("mql", 5)


def test_a_request_without_intent_makes_it_a_lead_again_then_nurtured() -> None:
    unsubscribed = returned_on_day_1(("unsubscribe", 4), ("not_interested", 4), ("demo", 5))
    assert stages(unsubscribed, 5)[-3:] == [("recycled", 1), ("lead", 5), ("nurture", 5)]


def test_thresholds_wait_for_the_cool_down_and_are_taken_at_its_end() -> None:
    papers = [("white_paper", 89.0)] * 3 + [("badge_scanned", 89.0)] * 4
    held = returned_on_day_1(*papers)
    assert stages(held, 100)[-2:] == [("recycled", 1), ("mql", 91.5)]
    faded = returned_on_day_1(*[(kind, number - 40) for kind, number in papers])
    assert stages(faded, 100)[-1] == ("recycled", 1)


def test_a_level_is_found_at_a_change_or_as_the_day_ends() -> None:
    papers = [("white_paper", 89.0)] * 3 + [("badge_scanned", 89.0)] * 4
    same_day = returned_on_day_1(*papers, ("page", 91.25))
    assert stages(same_day, 100)[-1] == ("mql", 91.25)
    next_day = returned_on_day_1(*papers, ("page", 91.75))
    assert stages(next_day, 100)[-1] == ("mql", 91.5)


def test_an_objection_during_the_wait_keeps_thresholds_from_being_taken() -> None:
    papers = [("white_paper", 89.0)] * 3 + [("badge_scanned", 89.0)] * 4
    history = returned_on_day_1(*papers)
    objecting = replace(history, acts=replace(history.acts, objections=[Objection(at(90))]))
    assert stages(objecting, 100)[-1] == ("recycled", 1)


def test_nurture_ends_by_time() -> None:
    assert stages(lead(("page", 0)), 30) == [("lead", 0), ("nurture", 0), ("recycled", 30)]
    assert stages(lead(("page", 0)), 29.9) == [("lead", 0), ("nurture", 0)]


def test_acts_at_one_instant_follow_precedence_and_no_stage_is_entered_twice() -> None:
    acts = Acts(accepted=[at(0)], rejections=[Rejection(at(0), "timing")])
    assert stages(lead(("demo", 0), acts=acts), 0) == [
        ("lead", 0),
        ("mql", 0),
        ("sal", 0),
        ("recycled", 0),
    ]


@pytest.mark.parametrize(
    "changed",
    [{"status": "denied"}, {"answer": None}, {"evidence": " "}, {"answered_by": None}],
)
def test_each_confirmation_needs_answer_evidence_and_person(changed: dict[str, str | None]) -> None:
    acts = Acts(accepted=[at(1)], answers=four(2, **changed))
    assert stages(lead(("demo", 0), acts=acts), 9)[-1] == ("sal", 1)


def test_a_confirmation_taken_back_returns_to_sal_and_may_come_again() -> None:
    answers = [*four(2), *four(3, status="denied"), *four(4)]
    acts = Acts(accepted=[at(1)], answers=answers)
    assert stages(lead(("demo", 0), acts=acts), 9)[-4:] == [
        ("sal", 1),
        ("sql", 2),
        ("sal", 3),
        ("sql", 4),
    ]


def test_answers_about_other_criteria_confirm_nothing() -> None:
    champion = replace(four(5)[0], framework="MEDDICC", criterion="champion")
    acts = Acts(deals_lost=[at(3)], accepted=[at(4)], answers=[*four(2), champion])
    assert stages(lead(("page", 0), acts=acts), 9)[-2:] == [("lost", 3), ("sal", 4)]


@pytest.mark.parametrize("answer_id", ["0", "9"])
def test_of_answers_at_one_instant_the_denial_stands(answer_id: str) -> None:
    denied = replace(four(2, status="denied")[2], answer_id=answer_id)
    acts = Acts(accepted=[at(1)], answers=[*four(2), denied])
    assert stages(lead(("page", 0), acts=acts), 9)[-1] == ("sal", 1)


def test_frameworks_confirm_together() -> None:
    meddicc = [
        replace(one, framework="MEDDICC", criterion=criterion)
        for one, criterion in zip(four(2)[::3], ("identified_pain", "economic_buyer"), strict=True)
    ]
    acts = Acts(accepted=[at(1)], answers=[*meddicc, *four(3)[1:3]])
    assert stages(lead(("demo", 0), acts=acts), 9)[-1] == ("sql", 3)


def test_a_customer_stays_one_and_a_lost_deal_can_be_asked_for_again() -> None:
    won = Acts(deals_opened=[at(1)], deals_won=[at(2)], deals_lost=[at(3)])
    assert stages(lead(("demo", 0), acts=won), 9)[-1] == ("customer", 2)
    lost = lead(("demo", 0), ("demo", 5), acts=Acts(deals_opened=[at(1)], deals_lost=[at(3)]))
    assert stages(lost, 5)[-2:] == [("lost", 3), ("mql", 5)]


def test_a_disqualified_lead_waits_for_a_person() -> None:
    acts = Acts(rejections=[Rejection(at(1), "duplicate")], meetings_booked=[at(9)])
    history = lead(("demo", 0), ("demo", 5), acts=acts)
    assert stages(history, 20)[-2:] == [("disqualified", 1), ("sal", 9)]


def test_a_day_ends_at_the_next_midnight() -> None:
    midnight = datetime(2026, 1, 6)
    assert next_midnight(NOON) == midnight
    assert next_midnight(midnight) == midnight + timedelta(days=1)


@settings(max_examples=60)
@given(st.data())
def test_any_history_gives_a_chain_that_the_rules_allow(data: st.DataObject) -> None:
    rules = data.draw(rule_sets(RULES))
    history = data.draw(histories(rules))
    as_of = data.draw(as_of_times(history))
    rows = transitions_of(history, as_of, rules)
    allowed = {(one.from_stage, one.trigger, one.to_stage) for one in rules.transitions}
    assert rows[0].at == history.created_at and rows[0].from_stage is None
    assert all((one.from_stage, one.trigger, one.to_stage) in allowed for one in rows)
    for earlier, later in pairwise(rows):
        assert later.from_stage == earlier.to_stage
        assert earlier.at <= later.at <= as_of
    assert len({(one.at, one.to_stage) for one in rows}) == len(rows)
    assert all(one.profile is not None for one in rows if one.to_stage in {"mql", "nurture"})


@settings(max_examples=60)
@given(st.data())
def test_what_happens_later_changes_no_stage_before_the_day_it_happens(
    data: st.DataObject,
) -> None:
    history = data.draw(histories(RULES))
    as_of = data.draw(as_of_times(history))
    later = data.draw(as_of_times(history).filter(lambda instant: instant >= as_of))
    day_start = next_midnight(as_of) - timedelta(days=1)
    first = [row for row in transitions_of(history, as_of, RULES) if row.at < day_start]
    second = [row for row in transitions_of(history, later, RULES) if row.at < day_start]
    assert first == second
