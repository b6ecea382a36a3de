"""Local times around the nights on which clocks are put forward and back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lead_warehouse.landing.local_times import (
    days_near_changes,
    was_shown_twice,
    was_skipped,
    written_time,
)
from lead_warehouse.landing.notation import Notation

CONNECTION = duckdb.connect()
CONNECTION.execute("set timezone = 'UTC'")
ZONES = [
    "Europe/Paris",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Tokyo",
]
LATEST = datetime(2037, 1, 1)


def read(text: str, zone: str, form: str | None = None) -> tuple[datetime | None, bool, bool]:
    """The instant read, whether it was skipped, whether the clock showed it twice."""
    time = written_time("cell", Notation([], "%Y-%m-%d", form, zone, "."))
    if time.zone is None:
        flags = "false, false"
    else:
        flags = f"{was_skipped(time, 'value')}, {was_shown_twice(time, 'value')}"
    row = CONNECTION.execute(
        f"with texts as (select cast(? as varchar) as cell), "
        f"typed as (select cell, {time.value} as value from texts) "
        f"select value, {flags} from typed",
        [text],
    ).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("zone", "text", "instant"),
    [
        ("Europe/Paris", "2024-10-27 02:00:00", datetime(2024, 10, 27, 1)),
        ("Europe/Paris", "2024-10-27T02:59:59.999999", datetime(2024, 10, 27, 1, 59, 59, 999999)),
        ("Europe/Paris", "1995-09-24 02:30", datetime(1995, 9, 24, 1, 30)),
        ("America/New_York", "2024-11-03 01:30:00", datetime(2024, 11, 3, 6, 30)),
        ("Australia/Lord_Howe", "2024-04-07 01:45:00", datetime(2024, 4, 6, 15, 15)),
    ],
)
def test_fault_32_a_time_shown_twice_is_the_second_and_is_flagged(
    zone: str, text: str, instant: datetime
) -> None:
    assert read(text, zone) == (instant, False, True)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Paris", "2024-10-27 01:59:59"),
        ("Europe/Paris", "2024-10-27 03:00:00"),
        ("Europe/Paris", "2024-03-31 01:59:59"),
        ("Europe/Paris", "2024-03-31 03:00:00"),
        ("Europe/Paris", "2024-10-26 02:30:00"),
        ("Asia/Tokyo", "2024-10-27 02:30:00"),
        ("UTC", "2024-03-31 02:30:00"),
    ],
)
def test_times_beside_the_hour_are_plain(zone: str, text: str) -> None:
    assert read(text, zone)[1:] == (False, False)


@pytest.mark.parametrize(
    "text", ["2024-10-27 02:30:00+01:00", "2024-10-27T02:30Z", "2024-03-31 02:30+02"]
)
def test_fault_32_an_offset_leaves_nothing_to_flag(text: str) -> None:
    assert read(text, "Europe/Paris")[1:] == (False, False)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Paris", "2024-03-31 02:00:00"),
        ("Europe/Paris", "2024-03-31 02:59:59"),
        ("Australia/Lord_Howe", "2024-10-06 02:15:00"),
        ("Pacific/Apia", "2011-12-30 12:00:00"),
        ("America/Sao_Paulo", "2017-10-15 00:30:00"),
    ],
)
def test_fault_32_a_time_that_no_clock_showed_is_told(zone: str, text: str) -> None:
    assert read(text, zone)[1:] == (True, False)


def test_the_midnight_that_stands_for_a_day_is_its_first_instant() -> None:
    first = datetime(2017, 10, 15, 3)
    assert read("2017-10-15 00:00:00", "America/Sao_Paulo") == (first, False, False)
    assert read("15/10/2017", "America/Sao_Paulo", "%d/%m/%Y") == (first, False, False)


def test_a_declared_format_is_flagged_too() -> None:
    form = "%d/%m/%Y %H:%M"
    assert read("27/10/2024 02:30", "Europe/Paris", form)[1:] == (False, True)
    assert read("31/03/2024 02:30", "Europe/Paris", form)[1:] == (True, False)
    assert read("27/10/2024 02:30 +0200", "Europe/Paris", f"{form} %z")[1:] == (False, False)


def test_what_is_no_time_is_neither() -> None:
    assert read("soon", "Europe/Paris") == (None, False, False)


def test_a_zone_that_never_changes_costs_nothing() -> None:
    assert days_near_changes("UTC") == ()
    assert days_near_changes("Etc/GMT+5") == ()


def expected(local: datetime, zone: str) -> tuple[bool, bool]:
    """Skipped and shown twice, by Python's own time zones."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    returned = [one.astimezone(UTC).astimezone(ZoneInfo(zone)) for one in (first, second)]
    exists = [one.replace(tzinfo=None) == local for one in returned]
    is_twice = first.utcoffset() != second.utcoffset() and all(exists)
    is_midnight = local.time() == datetime.min.time()
    return not any(exists) and not is_midnight, is_twice


@given(
    zone=st.sampled_from(ZONES),
    local=st.datetimes(datetime(1975, 1, 1), LATEST).map(lambda one: one.replace(microsecond=0)),
)
@example(zone="Europe/Paris", local=datetime(2036, 10, 26, 2, 30))
def test_flags_are_what_python_s_time_zones_say(zone: str, local: datetime) -> None:
    assert read(str(local), zone)[1:] == expected(local, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_flags_are_right_around_every_change_of_a_zone(zone: str) -> None:
    hours = [datetime(2000, 1, 1) + timedelta(hours=hour) for hour in range(20 * 366 * 24)]
    clock = ZoneInfo(zone)
    shifts = [hour.replace(tzinfo=UTC).astimezone(clock).utcoffset() for hour in hours]
    changes = [hours[i] for i in range(1, len(hours)) if shifts[i] != shifts[i - 1]]
    for change in changes[:4]:
        shown = change.replace(tzinfo=UTC).astimezone(clock).replace(tzinfo=None)
        for minutes in range(-150, 151, 15):
            local = shown + timedelta(minutes=minutes)
            assert read(str(local), zone)[1:] == expected(local, zone), local
