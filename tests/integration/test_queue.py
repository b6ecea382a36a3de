"""The work queue: the two stories day by day, and what the sample company's sales team faces.

Day 0 is 2026-01-01 09:00 UTC, a Thursday and a holiday. Reps of saas work in Germany, of it in
France, both from 9 to 18, an hour ahead of UTC. The figures were reckoned by hand.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ask
from tests.console import run
from tests.replayed import Replayed

DAY_0 = datetime(2026, 1, 1, 9)
Told = tuple[Any, ...] | None

# day: stage, then place in the queue, next action, what is to be done with the lead, due or later,
# cadence step, clock and business minutes left, owner, owner proposed
SAAS: dict[float, tuple[str, Told]] = {
    # A German address, no consent: until the person asks, nobody may turn to them.
    0: ("nurture", None),
    1: ("nurture", None),
    10: ("nurture", None),
    13: ("nurture", None),
    # The demo: an MQL and a request, which is to be answered within 60 minutes.
    14: ("mql", (5, "reassign", "call", True, 1, "first_touch", 60, None, "rep_3")),
    # Given to rep_1 at 9:05, called at 9:40, not reached: 415 of 480 minutes to accept the lead.
    14.045: ("mql", (14, "call", "call", False, 2, "acceptance", 415, "rep_1", None)),
    # Reached at 8:30 of Friday, accepted at 9:00: 40 hours to decide, 8 of them on Friday.
    15: ("sal", (7, "validate", "validate", True, None, "decision", 2400, "rep_1", None)),
    16: ("sal", (7, "validate", "validate", True, None, "decision", 1920, "rep_1", None)),
    # On Monday, an hour worked, rep_1 is away for two days.
    18: ("sal", (7, "reassign", "validate", True, None, "decision", 1860, "rep_1", "rep_3")),
    20: ("sal", (7, "validate", "validate", True, None, "decision", 780, "rep_1", None)),
    21: ("sal", (7, "validate", "validate", True, None, "decision", 240, "rep_1", None)),
    22: ("sal", (7, "validate", "validate", True, None, "decision", -300, "rep_1", None)),
    23: ("sql", (14, "open_opportunity", "open_opportunity", False, None, None, None,
                 "rep_1", None)),
    24: ("opportunity", None),
    26: ("opportunity", None),
    30: ("opportunity", None),
}  # fmt: skip
IT: dict[float, tuple[str, Told]] = {
    # Nurtured by the calendar: day 0 is a holiday, so the steps are on 2, 9, 16 and 23 January.
    0: ("nurture", (1, "nurture", "nurture", False, 1, None, None, "rep_2", None)),
    1: ("nurture", (1, "nurture", "nurture", True, 1, None, None, "rep_2", None)),
    10: ("nurture", (11, "nurture", "nurture", False, 3, None, None, "rep_2", None)),
    13: ("nurture", (12, "nurture", "nurture", False, 3, None, None, "rep_2", None)),
    14: ("nurture", (16, "nurture", "nurture", False, 3, None, None, "rep_2", None)),
    15: ("nurture", (14, "nurture", "nurture", True, 3, None, None, "rep_2", None)),
    18: ("nurture", (16, "nurture", "nurture", False, 4, None, None, "rep_2", None)),
    20: ("nurture", (16, "nurture", "nurture", False, 4, None, None, "rep_2", None)),
    # Booked: accepted without having been an MQL, 80 hours to decide, nothing to do before Tuesday.
    21: ("sal", (16, "validate", "validate", False, None, "decision", 4800, "rep_2", None)),
    22: ("sal", (17, "validate", "validate", False, None, "decision", 4260, "rep_2", None)),
    24: ("sal", (15, "validate", "validate", False, None, "decision", 3780, "rep_2", None)),
    # Held, four confirmations, an opportunity at once.
    26: ("opportunity", None),
    30: ("opportunity", None),
}
NO_BOOKING: dict[float, tuple[str, Told]] = {
    1: ("nurture", (2, "nurture", "nurture", True, 1, None, None, None, None)),
    26: ("nurture", (15, "nurture", "nurture", False, 5, None, None, None, None)),
    30: ("recycled", None),
}
STORIES = {"saas": SAAS, "it": IT, "it_no_booking": NO_BOOKING}


@pytest.fixture(scope="module")
def days(
    published_stories: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, float], tuple[str, Told, dict[str, tuple[Any, ...]]]]:
    """Of each lead and day: its stage, its row of the queue, its clocks."""
    wanted = ["fct_work_queue", "fct_sla_clocks"]
    replayed = Replayed(published_stories, tmp_path_factory.mktemp("days"), wanted)
    found = {}
    for number in sorted({day for story in STORIES.values() for day in story}):
        replayed.at(DAY_0 + timedelta(days=number))
        for lead in STORIES:
            [(stage,)] = replayed.ask(
                "select to_stage from intermediate.int_stages_sequenced "
                "where basis = 'rules' and is_effective and lead_id = ? "
                "order by transition_number desc limit 1",
                lead,
            )
            rows = replayed.ask(
                "select queue_position, next_action, contact_action, is_due, cadence_step, "
                "sla_clock, minutes_left, owner_id, proposed_owner_id "
                "from marts.fct_work_queue where lead_id = ?",
                lead,
            )
            clocks = replayed.ask(
                "select clock, urgency, status, due_at from marts.fct_sla_clocks where lead_id = ?",
                lead,
            )
            found[lead, number] = (
                stage,
                rows[0] if rows else None,
                {clock: tuple(told) for clock, *told in clocks},
            )
    return found


@pytest.mark.parametrize(
    ("lead", "number"), [(lead, number) for lead, story in STORIES.items() for number in story]
)
def test_the_queue_says_on_each_day_of_the_stories_what_to_do(
    days: dict[tuple[str, float], tuple[str, Told, Any]], lead: str, number: float
) -> None:
    assert days[lead, number][:2] == STORIES[lead][number]


def test_the_clocks_of_the_stories_are_met_and_broken_as_reckoned(
    days: dict[tuple[str, float], tuple[str, Told, dict[str, tuple[Any, ...]]]],
) -> None:
    def due(day: int, hour: int) -> datetime:
        return datetime(2026, 1, day, hour)

    assert days["saas", 13][2] == {}
    assert days["saas", 14][2] == {
        "first_touch": ("hand_raise", "running", due(15, 10)),
        "acceptance": ("hand_raise", "running", due(15, 17)),
    }
    assert days["saas", 14.045][2]["first_touch"][1] == "met"
    assert days["saas", 24][2] == {
        "first_touch": ("hand_raise", "met", due(15, 10)),
        # Accepted on Friday morning, due at the end of Thursday.
        "acceptance": ("hand_raise", "late", due(15, 17)),
        # All four confirmed on a Saturday, due on Thursday.
        "decision": ("hand_raise", "late", due(22, 13)),
    }
    assert days["it", 20][2] == {}
    assert days["it", 26][2] == {"decision": ("warm", "met", datetime(2026, 2, 3, 17))}
    assert days["it_no_booking", 30][2] == {}


def test_the_queue_of_the_sample_company_is_held_against_capacity(
    published_sample: Path,
) -> None:
    """Length against capacity, overflow, and how many deadlines were met."""
    queue = ask(
        published_sample,
        "select count(*), count(*) filter (is_by_sales), "
        "count(*) filter (proposed_owner_id is not null), count(*) filter (is_overflow), "
        "max(queue_position) from marts.fct_work_queue",
    )
    [(length, by_sales, proposed, overflow, last)] = queue
    assert length == last > 0
    assert by_sales > proposed + overflow > 0
    load = ask(
        published_sample,
        "select sum(queue_count), sum(proposed_count), "
        "count(*) filter (proposed_count > available_capacity), "
        "count(*) filter (available_capacity < weekly_capacity) "
        "from marts.rpt_sales_load where is_week_of_as_of",
    )
    [(queued, given, over, short)] = load
    assert (given, over) == (proposed, 0)
    assert queued <= by_sales
    # The week after Christmas: holidays and absences.
    assert short > 0
    [(due, met, rate, clocks)] = ask(
        published_sample,
        "select sum(due_count), sum(met_count), sum(met_count) / sum(due_count), "
        "sum(clock_count) from marts.rpt_sla_attainment "
        "where clock = 'first_touch' and dimension = 'all'",
    )
    assert 0 < met < due <= clocks
    assert 0 < rate < 1
    # Who asked and was never answered counts as a broken deadline.
    [(open_breaches,)] = ask(
        published_sample, "select sum(open_breach_count) from marts.rpt_sla_attainment"
    )
    assert open_breaches > 0


def test_gone_and_absent_owners_keep_nothing(published_sample: Path) -> None:
    rows = ask(
        published_sample,
        "select queue.lead_id from marts.fct_work_queue as queue "
        "inner join intermediate.int_sales_users_resolved as users "
        "on queue.owner_id = users.sales_user_id "
        "where queue.is_by_sales and (users.is_absent or not users.is_active) "
        "and queue.next_action <> 'reassign' and queue.owner_told_by <> 'account'",
    )
    assert rows == []


def test_the_console_lists_the_queue(published_stories: Path) -> None:
    table = run("queue", "--state", published_stories, "--limit", "2")
    assert table.returncode == 0
    assert "reason" in table.stdout
    shown = run("queue", "--state", published_stories, "--all", "--format", "csv")
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("place,lead,temperature,grade,action,detail,channel,owner")
    assert len(lines) == 2
    french = run(
        "queue", "--state", published_stories, "--all", "--format", "json", "--language", "fr"
    )
    assert "Chaud" in french.stdout or "Tiède" in french.stdout
    nobody = run("queue", "--state", published_stories, "--owner", "rep_11")
    assert nobody.returncode == 2
    assert "nobody in sales is 'rep_11'; did you mean 'rep_1'" in nobody.stderr
