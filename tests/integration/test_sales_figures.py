"""Figures of response, handover, deals and campaigns on the sample, reckoned again in Python."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ask

Month = date


def month(instant: datetime) -> Month:
    return instant.date().replace(day=1)


def reached(values: list[float | None], share: float) -> float | None:
    """The value of the one who completes the share, were all to stand in a row by value."""
    place = ceil(share * len(values)) - 1
    in_row = sorted((value is None, value or 0.0) for value in values)
    is_missing, value = in_row[place]
    return None if is_missing else value


def test_response_times_count_who_was_never_answered(published_sample: Path) -> None:
    waited: dict[Month, list[Any]] = defaultdict(list)
    for started_at, done_at, status, elapsed, business in ask(
        published_sample,
        "select started_at, done_at, status, elapsed_minutes, business_minutes "
        "from marts.fct_sla_clocks where clock = 'first_touch'",
    ):
        waited[month(started_at)].append((done_at, status, elapsed, business))
    rows = ask(
        published_sample,
        "select started_month, clock_count, answered_count, never_answered_rate, p50_minutes, "
        "p90_minutes, p50_business_minutes from marts.rpt_response_times "
        "where dimension = 'all' and started_by = 'all'",
    )
    expected = {}
    for at, clocks in waited.items():
        elapsed = [e if done else None for done, _, e, _ in clocks]
        business = [b if done else None for done, _, _, b in clocks]
        answered = sum(done is not None for done, *_ in clocks)
        running = sum(status == "running" for _, status, *_ in clocks)
        settled = len(clocks) - running
        expected[at] = (
            len(clocks),
            answered,
            pytest.approx((settled - answered) / settled) if settled else None,
            reached(elapsed, 0.5),
            reached(elapsed, 0.9),
            reached(business, 0.5),
        )
    assert {at: tuple(rest) for at, *rest in rows} == expected
    # Somebody was never answered, and in some month not even nine in ten were.
    assert any(row[3] for row in rows)
    assert any(row[5] is None for row in rows)


def test_automatic_mails_answer_nobody(published_sample: Path) -> None:
    [(automatic, touches)] = ask(
        published_sample,
        "select (select count(*) from intermediate.int_sales_activities_resolved "
        "where is_automatic), (select count(*) from marts.fct_handovers as handovers "
        "inner join intermediate.int_sales_activities_resolved as activities "
        "on handovers.first_touch_id = activities.sales_activity_id "
        "where activities.is_automatic or activities.direction = 'inbound')",
    )
    assert automatic > 0
    assert touches == 0


def test_an_mql_has_one_first_touch_in_its_handover_and_its_clock(published_sample: Path) -> None:
    [(clocks, differing)] = ask(
        published_sample,
        "select count(*), count(*) filter (handovers.first_touched_at is distinct from "
        "clocks.done_at) from marts.fct_sla_clocks as clocks "
        "inner join marts.fct_handovers as handovers on clocks.lead_id = handovers.lead_id "
        "and clocks.crossed_at = handovers.qualified_at and handovers.basis = 'rules' "
        "where clocks.clock = 'first_touch' and clocks.started_by = 'mql' "
        "and (clocks.left_at is null or clocks.left_at >= handovers.first_touched_at)",
    )
    assert clocks > 0
    assert differing == 0


def test_rejections_by_reason_are_those_of_the_handover(published_sample: Path) -> None:
    assert ask(
        published_sample,
        "select sum(rejected_count) from marts.rpt_handover where dimension = 'all'",
    ) == ask(
        published_sample,
        "select sum(rejected_count) from marts.rpt_handover_rejections where dimension = 'all'",
    )


def test_win_rates_of_new_business_by_close_and_by_creation(published_sample: Path) -> None:
    deals = ask(
        published_sample,
        "select status, created_at, closed_at, reporting_amount from marts.fct_opportunities "
        "where opportunity_type = 'new'",
    )
    assert {status for status, *_ in deals} == {"won", "lost", "open"}
    for period_basis, at in (("closed", 2), ("created", 1)):
        closed: dict[Month, list[Any]] = defaultdict(list)
        for deal in deals:
            if deal[0] != "open":
                closed[month(deal[at])].append(deal)
        rows = ask(
            published_sample,
            "select deal_month, closed_count, win_rate, won_amount from marts.rpt_deals "
            f"where period_basis = '{period_basis}' and opportunity_type = 'new' "
            "and dimension = 'all' and closed_count > 0",
        )
        assert {row[0]: row[1:] for row in rows} == {
            when: (
                len(those),
                pytest.approx(sum(one[0] == "won" for one in those) / len(those)),
                sum((one[3] for one in those if one[0] == "won" and one[3] is not None), Decimal())
                if any(one[0] == "won" and one[3] is not None for one in those)
                else None,
            )
            for when, those in closed.items()
        }


def test_meetings_are_useful_at_most_once_for_each_lead(published_sample: Path) -> None:
    [(useful, leads, held)] = ask(
        published_sample,
        "select count(*) filter (is_useful), count(distinct lead_id) filter (is_useful), "
        "count(*) filter (status = 'held') from marts.fct_meetings",
    )
    assert 0 < useful == leads < held


def test_campaigns_touch_deals_of_those_who_responded_only(published_sample: Path) -> None:
    [(touched, won)] = ask(
        published_sample,
        "select sum(touched_deal_count), max(influenced_won_amount) from marts.rpt_campaigns",
    )
    assert touched > 0 < won
    assert (
        ask(
            published_sample,
            "select campaign_id from marts.rpt_campaigns "
            "where responded_count = 0 and touched_deal_count > 0",
        )
        == []
    )
