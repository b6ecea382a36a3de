"""When events of a file happened; row 30 of the fault matrix."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.mapping import Mapping
from tests.unit.landing.test_land import (
    BY_MAIL,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    Company,
    a_mapping,
    an_input,
)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def spans(company: Company) -> list[tuple[Any, ...]]:
    return company.rows(
        "select file_name, earliest_event_at, latest_event_at, late_record_count "
        "from raw.landed_files order by 1"
    )


def late_after(days: int) -> Mapping:
    return a_mapping(an_input(completeness={"late_after_days": days}))


def test_each_file_says_when_its_events_happened(company: Company) -> None:
    company.deliver("leads1.csv", "1,,2024-01-05 10:00:00\n2,,2023-01-05 10:00:00\n3,,\n4,,x\n")
    company.deliver("leads2.csv", "5,,\n")
    company.land(MONDAY)
    assert spans(company) == [
        ("leads1.csv", datetime(2023, 1, 5, 10), datetime(2024, 1, 5, 10), 0),
        ("leads2.csv", None, None, 0),
    ]


def test_fault_30_an_event_older_than_any_lookback_is_flagged(company: Company) -> None:
    company.deliver("leads1.csv", "1,,2024-05-31 10:00:00\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "2,,2009-01-05 10:00:00\n3,,2010-01-05 10:00:00\n4,,\n")
    (late,) = company.land(TUESDAY).late_files
    assert str(late) == (
        "leads2.csv brings 2 new records with events more than 365 days older than what was known, "
        "the earliest of 2009-01-05; they count as if they had come in time"
    )
    assert [row[0] for row in company.leads] == ["1", "2", "3", "4"]
    assert spans(company)[1][3] == 2
    assert company.land(WEDNESDAY).late_files == []


@pytest.mark.parametrize(
    ("made", "count"), [("2024-05-21 10:00:00", 0), ("2024-05-21 09:59:59", 1)]
)
def test_fault_30_the_limit_itself_is_not_late(company: Company, made: str, count: int) -> None:
    company.deliver("leads1.csv", "1,,2024-05-31 10:00:00\n")
    company.land(MONDAY, late_after(10))
    company.deliver("leads2.csv", f"2,,{made}\n")
    company.land(TUESDAY, late_after(10))
    assert spans(company)[1][3] == count


def test_a_first_load_carries_the_past_and_nothing_in_it_is_late(company: Company) -> None:
    company.deliver("leads1.csv", "1,,2024-05-31 10:00:00\n")
    company.deliver("leads2.csv", "2,,2009-01-05 10:00:00\n")
    assert company.land(MONDAY).late_files == []


def test_an_export_of_everything_is_late_only_with_what_is_new(company: Company) -> None:
    company.deliver("leads.csv", "1,,2024-05-31 10:00:00\n2,,2009-01-05 10:00:00\n")
    company.land(MONDAY)
    company.deliver("leads.csv", "1,,2024-05-31 10:00:00\n2,a@b.example,2009-01-05 10:00:00\n")
    assert company.land(TUESDAY).late_files == []
    company.deliver("leads.csv", "1,,2024-05-31 10:00:00\n2,,2009-01-05 10:00:00\n3,,2008-01-05\n")
    assert company.land(WEDNESDAY).late_files == []
    company.deliver(
        "leads.csv", "2,,2009-01-05 10:00:00\n3,,2008-01-05 00:00:00\n1,,2024-05-31 10:00:00\n"
    )
    (late,) = company.land(datetime(2024, 6, 6)).late_files
    assert (late.records, late.earliest) == (1, datetime(2008, 1, 5))


def test_expectations_are_no_events(company: Company) -> None:
    deals = an_input("deals", "deals*.csv")
    deals["tables"] = [
        {
            "table": "opportunities",
            "columns": {
                "opportunity_id": "id",
                "status": {"constant": "open"},
                "created_at": "made",
                "expected_close_date": "by",
            },
        }
    ]
    company.deliver("deals.csv", "1,2024-05-01 10:00:00,2031-01-01\n", head="id,made,by\n")
    company.land(MONDAY, a_mapping(deals))
    assert spans(company) == [("deals.csv", datetime(2024, 5, 1, 10), datetime(2024, 5, 1, 10), 0)]


def test_fault_30_landed_again_the_same_is_flagged(company: Company) -> None:
    company.deliver("leads1.csv", "1,a@b.example,2024-05-31 10:00:00\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "2,c@d.example,2009-01-05 10:00:00\n")
    company.land(TUESDAY)
    before, received = company.everything(), company.received
    company.forget()
    company.land(WEDNESDAY, received=received)
    assert company.everything() == before
    # By another key too: the instants are those of the files.
    company.land(WEDNESDAY, a_mapping(an_input(columns=BY_MAIL)), received)
    assert spans(company)[1][3] == 1
