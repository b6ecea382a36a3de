"""Files that are far smaller than usual: rows 16 and 26 of the fault matrix."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.landing.completeness import LetThrough
from lead_warehouse.landing.land import Landing, input_digest
from lead_warehouse.mapping import Input, Mapping
from tests.unit.landing.test_land import BY_MAIL, Company, a_mapping, an_input, held

START = datetime(2024, 6, 3, 8)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def records(count: int, first: int = 0) -> str:
    return "".join(f"{first + n},{first + n}@b.example,\n" for n in range(count))


def deliver_daily(company: Company, *counts: int, mapping: Mapping | None = None) -> Landing:
    """Deliver leads.csv anew each day; returns the last landing."""
    landing = Landing()
    for day, count in enumerate(counts):
        company.deliver("leads.csv", records(count, first=day * 10_000))
        landing = company.land(START + timedelta(days=day), mapping)
    return landing


def with_settings(**completeness: Any) -> Mapping:
    return a_mapping(an_input(completeness=completeness))


def test_fault_16_a_file_far_smaller_than_usual_is_held_with_the_figures(company: Company) -> None:
    landing = deliver_daily(company, 1500, 1204, 900, 1100, 1300, 3)
    assert held(landing) == [
        (
            "leads.csv",
            "3 records where 1,204 are usual (median of 5 deliveries); deliver it again, or let "
            "it through with refresh --accept leads.csv",
        )
    ]
    assert company.rows("select count(*) from raw.leads") == [(1500 + 1204 + 900 + 1100 + 1300,)]
    assert company.rows("select count(*) from raw.landed_files where status = 'held'") == [(1,)]


def test_fault_16_an_empty_file_is_held_where_records_are_usual(company: Company) -> None:
    ((_, reason),) = held(deliver_daily(company, 3, 0))
    assert str(reason).startswith("no records where 3 are usual (1 delivery); deliver it again")
    # Delivered again, whole, it lands; the empty one is forgotten.
    company.deliver("leads.csv", records(4, first=100))
    landing = company.land(START + timedelta(days=2))
    assert [account.accepted for account in landing.accounts] == [4]
    assert company.rows("select count(*) from raw.landed_files") == [(2,)]


def test_fault_16_what_is_usual_is_known_though_the_mapping_changed_too(company: Company) -> None:
    deliver_daily(company, 30, 40)
    company.deliver("leads.csv", "")
    changed = a_mapping(an_input(empty_values=["none"]))
    landing = company.land(START + timedelta(days=2), changed)
    ((name, reason),) = held(landing)
    assert (name, len(landing.accounts)) == ("leads.csv", 3)
    assert str(reason).startswith("no records where 35 are usual")


def test_fault_16_blank_lines_are_no_records(company: Company) -> None:
    deliver_daily(company, 30)
    company.deliver("leads.csv", "\n" * 30)
    ((_, reason),) = held(company.land(START + timedelta(days=1)))
    assert str(reason).startswith("no records where 30 are usual")


def test_fault_26_a_first_delivery_is_never_judged(company: Company) -> None:
    landing = deliver_daily(company, 0)
    assert [(one.records, one.held_because) for one in landing.accounts] == [(0, None)]
    company.deliver("leads_new.csv", "")
    assert held(company.land(START + timedelta(days=1))) == []


@pytest.mark.parametrize(("count", "is_held"), [(9, True), (10, False), (11, False)])
def test_the_least_share_itself_is_enough(company: Company, count: int, is_held: bool) -> None:
    assert bool(held(deliver_daily(company, 100, count))) is is_held


@pytest.mark.parametrize(("usual", "is_held"), [(19, False), (20, True)])
def test_small_files_are_not_measured_by_their_share(
    company: Company, usual: int, is_held: bool
) -> None:
    assert bool(held(deliver_daily(company, usual, 1))) is is_held


def test_a_small_series_that_was_empty_before_may_be_empty_again(company: Company) -> None:
    daily = with_settings(when_empty="accept")
    assert held(deliver_daily(company, 3, 0, mapping=daily)) == []
    company.deliver("leads.csv", "\n")
    assert held(company.land(START + timedelta(days=9))) == []


def test_a_large_series_may_not_be_empty_though_it_was_once(company: Company) -> None:
    accept = with_settings(when_empty="accept")
    assert held(deliver_daily(company, 30, 30, 0, mapping=accept)) == []
    company.deliver("leads.csv", "\n\n")
    assert len(held(company.land(START + timedelta(days=9)))) == 1


def test_settings_of_an_input_come_before_those_of_the_mapping(company: Company) -> None:
    document = {
        "version": 1,
        "completeness": {"min_share": "0.5", "from_records": "5"},
        "inputs": [an_input(completeness={"min_share": "0.9"}), an_input("fair", "fair*.csv")],
    }
    mapping = Mapping.model_validate(document)
    for day, count in enumerate((10, 6)):
        for name in ("leads.csv", "fair.csv"):
            company.deliver(name, records(count, first=day * 100))
        landing = company.land(START + timedelta(days=day), mapping)
    assert [name for name, _ in held(landing)] == ["leads.csv"]


def test_a_share_of_zero_asks_for_none(company: Company) -> None:
    assert held(deliver_daily(company, 1000, 1, mapping=with_settings(min_share=0))) == []


# Which files say what is usual


def test_names_alike_up_to_digits_are_one_series(company: Company) -> None:
    company.deliver("leads_2026-01-01.csv", records(100))
    company.land(START)
    company.deliver("leads_2026-01-02.csv", records(1, first=200))
    company.deliver("leads_extra.csv", records(1, first=300))
    landing = company.land(START + timedelta(days=1))
    assert [name for name, _ in held(landing)] == ["leads_2026-01-02.csv"]


def test_the_same_name_says_more_than_one_alike(company: Company) -> None:
    """The last part of an export in parts is small each time."""
    for month in (0, 1):
        company.deliver("leads_part1.csv", records(100, first=month * 1000))
        company.deliver("leads_part2.csv", records(100, first=month * 1000 + 200))
        company.deliver("leads_part3.csv", records(2, first=month * 1000 + 400))
        landing = company.land(START + timedelta(days=month))
        assert held(landing) == []


def test_files_of_one_delivery_do_not_judge_each_other(company: Company) -> None:
    company.deliver("leads1.csv", records(100))
    company.deliver("leads2.csv", records(1, first=200))
    assert held(company.land(START)) == []


def test_files_of_an_earlier_refresh_judge_under_a_frozen_clock_too(company: Company) -> None:
    company.deliver("leads.csv", records(100))
    company.land(START)
    company.deliver("leads.csv", records(1, first=200))
    assert len(held(company.land(START))) == 1


def test_only_the_last_five_deliveries_count(company: Company) -> None:
    many = with_settings(min_share=0)
    deliver_daily(company, 200, 200, 200, 200, 200, 200, 30, 30, 30, 30, 30, mapping=many)
    company.deliver("leads.csv", records(3, first=900_000))
    landing = company.land(START + timedelta(days=20))
    assert held(landing) == []


# Files let through


def test_a_file_let_through_by_name_lands_and_is_told(company: Company) -> None:
    deliver_daily(company, 100, 2)
    landing = company.land(
        START + timedelta(days=2), let_through=LetThrough(frozenset({"leads.csv", "other.csv"}))
    )
    assert held(landing) == []
    ((file, because),) = landing.let_through
    assert (file.file_name, because) == ("leads.csv", "2 records where 100 are usual (1 delivery)")
    assert [account.accepted for account in landing.accounts] == [2]


def test_content_let_through_once_is_not_asked_about_again(company: Company) -> None:
    landing = deliver_daily(company, 100, 2)
    (account,) = landing.accounts
    contents = {("leads", account.file.file_digest)}
    again = company.land(START + timedelta(days=2), let_through=LetThrough(contents=contents))
    assert (held(again), again.let_through) == ([], [])
    other = {("fair", account.file.file_digest)}
    company.deliver("leads.csv", records(2, first=7))
    assert len(held(company.land(START, let_through=LetThrough(contents=other)))) == 1


def test_a_name_lets_nothing_else_through(company: Company) -> None:
    company.deliver("leads.csv", "1\n", head="nr\n")
    landing = company.land(START, let_through=LetThrough(frozenset({"leads.csv"})))
    ((_, reason),) = held(landing)
    assert "required column missing" in str(reason)
    assert landing.let_through == []


def test_a_name_with_blanks_can_be_copied_from_the_message(company: Company) -> None:
    company.deliver("leads of may.csv", records(100))
    company.land(START)
    company.deliver("leads of may.csv", records(1, first=200))
    ((_, reason),) = held(company.land(START + timedelta(days=1)))
    assert str(reason).endswith("refresh --accept 'leads of may.csv'")


def test_what_landed_before_is_not_judged_again(company: Company) -> None:
    deliver_daily(company, 100)
    company.deliver("leads.csv", records(2, first=200))
    company.land(START + timedelta(days=1), let_through=LetThrough(frozenset({"leads.csv"})))
    # Another mapping lands both again from the archive.
    landing = company.land(START + timedelta(days=2), a_mapping(an_input(columns=BY_MAIL)))
    assert [(one.records, one.held_because) for one in landing.accounts] == [
        (100, None),
        (2, None),
    ]


def test_what_a_generation_held_before_comes_back_without_being_judged(company: Company) -> None:
    deliver_daily(company, 100)
    first = company.received
    company.deliver("leads.csv", records(2, first=200))
    company.land(START + timedelta(days=1), let_through=LetThrough(frozenset({"leads.csv"})))
    both = company.received
    (company.inputs / "leads.csv").unlink()
    company.forget()
    company.land(START + timedelta(days=2), received=first)
    landing = company.land(START + timedelta(days=3), received=both)
    assert [(one.records, one.held_because) for one in landing.accounts] == [(2, None)]


# Digests


def test_what_only_decides_whether_a_file_is_taken_lands_nothing_again(company: Company) -> None:
    deliver_daily(company, 100)
    freshness = {"warn_after": {"count": 1, "period": "hour"}}
    settings = an_input(completeness={"min_share": 0.5}, freshness=freshness)
    landing = company.land(START + timedelta(days=1), a_mapping(settings))
    assert (landing.accounts, landing.unchanged) == ([], 1)


def test_the_digest_of_an_input_is_that_of_its_reading_alone() -> None:
    plain = Input.model_validate(an_input())
    judged = Input.model_validate(an_input(completeness={"min_share": 0.5}))
    other = Input.model_validate(an_input(delimiter=";"))
    contract = load_contract()
    assert input_digest(plain, contract) == input_digest(judged, contract)
    assert input_digest(plain, contract) != input_digest(other, contract)
