"""How long ago each input last delivered anything new."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.landing.freshness import InputFreshness
from lead_warehouse.mapping import Mapping
from tests.unit.landing.test_land import MONDAY, Company, a_mapping, an_input

LIMITS = {
    "warn_after": {"count": "25", "period": "hour"},
    "error_after": {"count": "3", "period": "day"},
}


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def mapping(**freshness: Any) -> Mapping:
    return a_mapping(an_input(freshness=freshness or LIMITS))


def after(company: Company, age: timedelta, limits: Mapping | None = None) -> InputFreshness:
    company.land(MONDAY, limits or mapping())
    (one,) = company.land(MONDAY + age, limits or mapping()).freshness
    return one


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(0), "pass"),
        (timedelta(hours=25), "pass"),
        (timedelta(hours=25, seconds=1), "warn"),
        (timedelta(days=3), "warn"),
        (timedelta(days=3, seconds=1), "error"),
    ],
)
def test_an_input_is_judged_by_its_last_delivery(
    company: Company, age: timedelta, status: str
) -> None:
    company.deliver("leads.csv", "1,,\n2,,\n")
    one = after(company, age)
    assert one.status == status
    assert bool(one.message) is (status != "pass")
    assert company.rows("from raw.input_freshness") == [
        ("leads", MONDAY, None, 2, 25 * 3600, 3 * 86400, status)
    ]


def test_the_message_has_the_figures(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    assert after(company, timedelta(hours=30)).message == (
        "input leads is stale: it last delivered anything new 30 hours ago (2024-06-03 08:00), "
        "warn after 25 hours"
    )
    assert str(after(company, timedelta(days=9)).message).endswith("error after 3 days")


@pytest.mark.parametrize(("limit", "status"), [("warn_after", "warn"), ("error_after", "error")])
def test_one_limit_is_enough(company: Company, limit: str, status: str) -> None:
    company.deliver("leads.csv", "1,,\n")
    limits = mapping(**{limit: {"count": 1, "period": "minute"}})
    assert after(company, timedelta(minutes=2), limits).status == status


def test_new_content_makes_an_input_fresh_and_the_same_again_does_not(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    assert after(company, timedelta(days=4)).status == "error"
    company.deliver("leads_again.csv", "1,,\n")
    (same,) = company.land(MONDAY + timedelta(days=5), mapping()).freshness
    assert (same.status, same.last_delivered_at) == ("error", MONDAY)
    company.deliver("leads_new.csv", "2,,\n")
    (new,) = company.land(MONDAY + timedelta(days=6), mapping()).freshness
    assert (new.status, new.last_delivered_at) == ("pass", MONDAY + timedelta(days=6))


def test_a_file_that_is_held_delivers_nothing(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.land(MONDAY, mapping())
    company.deliver("leads_new.csv", "1\n", head="nr\n")
    (one,) = company.land(MONDAY + timedelta(days=4), mapping()).freshness
    assert one.status == "error"


def test_an_input_that_never_delivered_says_so(company: Company) -> None:
    (limited,) = company.land(MONDAY, mapping()).freshness
    assert (limited.status, limited.message) == (
        "never",
        "input leads has never delivered anything",
    )
    (unlimited,) = company.land(MONDAY).freshness
    assert (unlimited.status, unlimited.message) == ("never", None)


def test_an_input_without_limits_is_never_stale(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    one = after(company, timedelta(days=9999), a_mapping())
    assert (one.status, one.message) == ("unlimited", None)


def test_where_rows_say_since_when_they_are_known_the_latest_is_shown(company: Company) -> None:
    known = an_input(known_at="made", freshness=LIMITS)
    company.deliver("leads.csv", "1,,2024-05-01 10:00:00\n2,,2024-05-02 10:00:00\n")
    one = after(company, timedelta(days=9), a_mapping(known))
    assert one.latest_known_at == datetime(2024, 5, 2, 10)
    assert "which knows of 2024-05-02 10:00:00" in str(one.message)


def test_an_input_gone_from_the_mapping_is_judged_no_more(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.land(MONDAY, mapping())
    company.land(MONDAY, a_mapping(an_input("fair", "fair.csv")))
    assert company.rows("select input_name, status from raw.input_freshness") == [("fair", "never")]
