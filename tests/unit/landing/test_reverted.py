"""Files whose content goes back to an earlier one."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.landing.test_land import MONDAY, TUESDAY, WEDNESDAY, Company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_content_that_goes_back_is_told_as_long_as_it_lies_there(company: Company) -> None:
    company.deliver("leads.csv", "1,acme@x.fr,\n")
    assert company.land(MONDAY).reverted == []
    company.deliver("leads.csv", "1,bcorp@x.fr,\n")
    assert company.land(TUESDAY).reverted == []
    company.deliver("leads.csv", "1,acme@x.fr,\n")
    for day in range(2):
        [told] = company.land(WEDNESDAY + timedelta(days=day)).reverted
        assert str(told).startswith("leads.csv holds again what came on 2024-06-03 08:00; records")
    # As told: with one line more it is the newest word.
    company.deliver("leads.csv", "1,acme@x.fr,\n\n")
    assert company.land(WEDNESDAY + timedelta(days=3)).reverted == []
    newest = "select arg_max(email, known_at) from raw.leads"
    assert company.rows(newest) == [("acme@x.fr",)]


def test_a_file_without_records_goes_back_to_nothing(company: Company) -> None:
    for day, body in enumerate(("", "1,,\n", "")):
        company.deliver("leads.csv", body)
        assert company.land(MONDAY + timedelta(days=day)).reverted == []


def test_other_files_of_the_same_content_are_no_way_back(company: Company) -> None:
    company.deliver("leads1.csv", "1,,\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "2,,\n")
    company.land(TUESDAY)
    company.deliver("leads2.csv", "1,,\n")
    assert company.land(WEDNESDAY).reverted == []
