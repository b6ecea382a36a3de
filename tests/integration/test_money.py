"""Money of the sample: costs, attribution, CAC, CLV and forecasts, held against plain sums."""

from bisect import bisect_right
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import ask

CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def rates(published_sample: Path) -> dict[str, list[tuple[date, float]]]:
    """Euros for one unit, by currency, in the order of their days."""
    found: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for currency, day, rate in ask(
        published_sample,
        "select currency, rate_date, rate from raw.exchange_rates order by rate_date",
    ):
        found[currency].append((day, rate))
    return found


def in_euros(
    rates: dict[str, list[tuple[date, float]]], amount: Decimal, code: str, day: date
) -> Decimal:
    if code == "EUR":
        return amount
    place = bisect_right([one for one, _ in rates[code]], day)
    assert place > 0, (code, day)
    return Decimal(float(amount) * rates[code][place - 1][1])


def test_deals_are_told_in_euros_by_the_rate_of_their_close(
    published_sample: Path, rates: dict[str, list[tuple[date, float]]]
) -> None:
    deals = ask(
        published_sample,
        "select amount, currency, cast(closed_at as date), reporting_amount "
        "from marts.fct_opportunities where status <> 'open'",
    )
    assert {"USD", "EUR"} <= {currency for _, currency, _, _ in deals}
    for amount, currency, day, told in deals:
        if amount is None:
            assert told is None
        else:
            assert abs(told - in_euros(rates, amount, currency, day)) < CENT


def test_all_costs_booked_are_allocated_to_the_cent(
    published_sample: Path, rates: dict[str, list[tuple[date, float]]]
) -> None:
    booked = {
        "marketing": "select amount, currency, spent_on from raw.marketing_spend",
        "sales": "select amount, currency, cost_month from raw.sales_costs",
    }
    for category, query in booked.items():
        spent = sum(in_euros(rates, *row) for row in ask(published_sample, query))
        ((allocated, new_business, expansion, open_count),) = ask(
            published_sample,
            "select sum(booked_amount), sum(new_business_amount), sum(expansion_amount), "
            "sum(unconverted_count) from marts.rpt_acquisition_costs "
            f"where cost_category = '{category}'",
        )
        assert abs(allocated - spent) < CENT
        assert allocated == new_business + expansion
        assert open_count == 0


def test_every_model_gives_out_what_was_won(published_sample: Path) -> None:
    ((won, count),) = ask(
        published_sample,
        "select sum(reporting_amount), count(*) from marts.fct_opportunities where status = 'won'",
    )
    given = ask(
        published_sample,
        "select attribution_model, dimension, sum(won_amount), sum(won_count) "
        "from marts.rpt_attribution group by all",
    )
    assert len(given) == 5 * 3
    for model, dimension, amount, deals in given:
        assert amount == won, (model, dimension)
        assert deals == pytest.approx(count), (model, dimension)


def test_cac_divides_all_costs_of_new_business_by_new_customers(published_sample: Path) -> None:
    ((cost, customers),) = ask(
        published_sample,
        "select sum(cost_amount), sum(new_customer_count) from marts.rpt_cac "
        "where cac_kind = 'blended'",
    )
    ((booked,),) = ask(
        published_sample, "select sum(new_business_amount) from marts.rpt_acquisition_costs"
    )
    ((won,),) = ask(
        published_sample,
        "select count(distinct account_id) from marts.fct_opportunities "
        "where status = 'won' and opportunity_type = 'new'",
    )
    assert (abs(cost - booked) < 1, customers) == (True, won)
    # Display brings nobody, and nothing is spent on referrals: both are there.
    findings = ask(
        published_sample,
        "select distinct segment, finding, cac_amount from marts.rpt_cac "
        "where cac_kind = 'marketing' and segment in ('display', 'referral')",
    )
    assert set(findings) == {
        ("display", "spend_without_customers", None),
        ("referral", "customers_without_spend", None),
    }


def test_grades_share_the_blended_cost_and_its_customers(published_sample: Path) -> None:
    by_kind = ask(
        published_sample,
        "select acquisition_month, "
        "sum(cost_amount) filter (where cac_kind = 'blended'), "
        "sum(cost_amount) filter (where cac_kind = 'graded'), "
        "coalesce(sum(new_customer_count) filter (where cac_kind = 'blended'), 0), "
        "coalesce(sum(new_customer_count) filter (where cac_kind = 'graded'), 0) "
        "from marts.rpt_cac group by 1",
    )
    for month, blended, graded, all_customers, customers in by_kind:
        assert float(graded or 0) == pytest.approx(float(blended or 0), abs=0.1), month
        assert customers == all_customers, month
    ((grades,),) = ask(
        published_sample,
        "select count(distinct segment) from marts.rpt_cac "
        "where cac_kind = 'graded' and cac_amount > 0",
    )
    assert grades >= 2


def test_customers_have_the_grade_they_had_as_mqls(published_sample: Path) -> None:
    counted = ask(
        published_sample,
        "select dimension, basis, sum(customer_count), sum(churned_count), count(*) "
        "from marts.rpt_clv where dimension in ('all', 'mql_grade') group by all",
    )
    of = {(dimension, basis): row for dimension, basis, *row in counted}
    assert of["mql_grade", "subscription"][:2] == of["all", "subscription"][:2]
    assert of["mql_grade", "subscription"][2] >= 3
    assert not ask(
        published_sample,
        "select 1 from marts.rpt_clv where abs(churn_rate + retention_rate - 1) > 1e-9",
    )


def test_churn_is_who_had_a_subscription_and_has_none_a_month_later(published_sample: Path) -> None:
    ((first, last, months, churned),) = ask(
        published_sample,
        "select period_first_month, period_last_month, customer_months, churned_count "
        "from marts.rpt_clv where dimension = 'all' and basis = 'subscription'",
    )
    subscriptions = ask(
        published_sample,
        "select account_id, starts_on, cast(cancelled_at as date) from raw.subscriptions",
    )

    def on(day: date) -> set[str]:
        return {
            account
            for account, start, end in subscriptions
            if start <= day and (end is None or end > day)
        }

    expected_months = expected_churned = 0
    month = first
    while month <= last:
        following = (month + timedelta(days=32)).replace(day=1)
        expected_months += len(on(month))
        expected_churned += len(on(month) - on(following))
        month = following
    assert (months, churned) == (expected_months, expected_churned)


def test_what_was_booked_in_tested_months_is_what_was_won_in_them(published_sample: Path) -> None:
    tested = ask(
        published_sample,
        "select period_starts_at, period_ends_at, booked_amount, "
        "low_amount, expected_amount, high_amount from marts.fct_bookings_forecasts where is_over",
    )
    assert tested
    for starts, ends, booked, low, expected, high in tested:
        ((won,),) = ask(
            published_sample,
            "select coalesce(sum(reporting_amount), 0) from marts.fct_opportunities "
            f"where status = 'won' and closed_at > '{starts}' and closed_at <= '{ends}'",
        )
        assert abs(won - booked) < CENT
        assert low <= expected
        assert low <= high
    horizons = [
        one for (one,) in ask(published_sample, "select horizon from marts.rpt_forecast_accuracy")
    ]
    assert sorted(horizons) == ["all", "period 1", "period 2", "period 3"]
