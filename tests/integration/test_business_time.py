"""Business time in closed form against a slow count of minutes."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest

from lead_warehouse import PROJECT_DIR
from tests.unit.macros.test_macros import macros

FIRST, LAST = datetime(2024, 12, 1), datetime(2026, 1, 31)
PAIRS = 10_000
MODELS = ("summed", "dated", "counted")
CALENDARS = macros(
    "engine/epoch_microseconds.sql",
    "engine/microseconds_after.sql",
    "calendars/stretch_at.sql",
    "calendars/worked_at.sql",
    "calendars/stretch_of_work.sql",
    "calendars/reached_at.sql",
)


@dataclass(frozen=True)
class Calendar:
    """A calendar of the test: hours by weekday, from 1 for Monday, in minutes since midnight."""

    name: str
    zone: str
    country: str | None
    region: str | None
    hours: dict[int, list[tuple[int, int]]]
    days_off: tuple[date, ...] = ()


OFFICE = {day: [(9 * 60, 18 * 60)] for day in range(1, 6)}
TEST_CALENDARS = (
    Calendar("fr", "Europe/Paris", "FR", None, OFFICE),
    Calendar("de_by", "Europe/Berlin", "DE", "BY", OFFICE),
    Calendar(
        "lunch", "Europe/Paris", "FR", "57",
        {**{d: [(8 * 60 + 30, 12 * 60), (13 * 60 + 15, 17 * 60)] for d in range(1, 5)},
         5: [(8 * 60, 12 * 60 + 45)], 6: [(10 * 60, 11 * 60)]},
        (date(2025, 5, 2), date(2025, 12, 24)),
    ),
    # Day and night, so that days of 23 and 25 hours count as such, and nights across the change.
    Calendar("always", "Europe/Berlin", None, None, {d: [(0, 1440)] for d in range(1, 8)}),
    Calendar(
        "nights", "America/New_York", None, None,
        {d: [(0, 5 * 60), (22 * 60, 1440)] for d in range(1, 8)},
    ),
)  # fmt: skip


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@pytest.fixture(scope="module")
def connection(published_stories: Path) -> duckdb.DuckDBPyConnection:
    """The models of working time as dbt compiled them, over the calendars of the test."""
    found = duckdb.connect()
    found.execute("attach ':memory:' as warehouse")
    found.execute("use warehouse")
    found.execute("create schema seeds; create schema intermediate")
    found.execute(
        f"create table seeds.public_holidays as from read_csv("
        f"'{PROJECT_DIR}/seeds/reference/public_holidays.csv', header = true)"
    )
    found.execute(
        "create table seeds.working_calendars "
        "(calendar varchar, time_zone varchar, country_code varchar, region_code varchar);"
        "create table seeds.working_hours "
        "(calendar varchar, weekday integer, opens_at varchar, closes_at varchar);"
        "create table seeds.working_days_off (calendar varchar, day_off date)"
    )
    for one in TEST_CALENDARS:
        found.execute(
            "insert into seeds.working_calendars values (?, ?, ?, ?)",
            [one.name, one.zone, one.country, one.region],
        )
        for weekday, stretches in one.hours.items():
            for opens, closes in stretches:
                found.execute(
                    "insert into seeds.working_hours values (?, ?, ?, ?)",
                    [one.name, weekday, clock(opens), clock(closes)],
                )
        for day in one.days_off:
            found.execute("insert into seeds.working_days_off values (?, ?)", [one.name, day])
    folder = published_stories / "project/target/compiled/lead_warehouse/models/intermediate"
    for name in MODELS:
        sql = (folder / "operations" / f"int_working_stretches_{name}.sql").read_text()
        found.execute(f"create table intermediate.int_working_stretches_{name} as {sql}")
    return found


def holidays(connection: duckdb.DuckDBPyConnection, one: Calendar) -> set[date]:
    rows = connection.execute(
        "select holiday_date from seeds.public_holidays "
        "where country_code = ? and (region_code is null or region_code = ?)",
        [one.country, one.region],
    ).fetchall()
    return {day for (day,) in rows} | set(one.days_off)


def minute_by_minute(one: Calendar, off: set[date]) -> np.ndarray:
    """Of each minute (UTC), whether the clock on the wall shows a time of work."""
    zone, utc = ZoneInfo(one.zone), ZoneInfo("UTC")
    count = int((LAST - FIRST).total_seconds()) // 60
    is_open = np.zeros(count, dtype=bool)
    at = FIRST.replace(tzinfo=utc)
    for place in range(count):
        local = at.astimezone(zone)
        if local.date() not in off:
            minute = local.hour * 60 + local.minute
            is_open[place] = any(
                opens <= minute < closes for opens, closes in one.hours.get(local.isoweekday(), [])
            )
        at += timedelta(minutes=1)
    return is_open


@pytest.mark.parametrize("one", TEST_CALENDARS, ids=lambda one: one.name)
def test_business_minutes_are_those_that_a_count_minute_by_minute_finds(
    connection: duckdb.DuckDBPyConnection, one: Calendar
) -> None:
    is_open = minute_by_minute(one, holidays(connection, one))
    rng = random.Random(one.name)
    pairs = []
    changes = [datetime(2025, 3, 30), datetime(2025, 10, 26), datetime(2025, 3, 9)]
    for number in range(PAIRS // len(TEST_CALENDARS)):
        # Every other pair lies around a night on which clocks change.
        around = rng.choice(changes) if number % 2 else None
        first = rng.randrange(4 * 1440) - 2 * 1440 if around else rng.randrange(len(is_open))
        begin = (
            (around + timedelta(minutes=first) - FIRST) // timedelta(minutes=1) if around else first
        )
        end = min(begin + int(rng.expovariate(1 / 9000)), len(is_open) - 1)
        pairs.append((number, begin, end, int(is_open[begin:end].sum())))
    connection.execute(
        "create or replace temp table pairs "
        "(pair integer, begin_at timestamp, end_at timestamp, minutes bigint)"
    )
    connection.executemany(
        "insert into pairs values (?, ?, ?, ?)",
        [
            [n, FIRST + timedelta(minutes=begin), FIRST + timedelta(minutes=end), minutes]
            for n, begin, end, minutes in pairs
        ],
    )
    measured = f"""
        select
            pairs.*,
            {CALENDARS.worked_at("begins", "pairs.begin_at")} as worked_at_begin,
            {CALENDARS.worked_at("ends", "pairs.end_at")} as worked_at_end
        from pairs
        inner join intermediate.int_working_stretches_dated as begins
            on {CALENDARS.stretch_at("begins", f"'{one.name}'", "pairs.begin_at")}
        inner join intermediate.int_working_stretches_dated as ends
            on {CALENDARS.stretch_at("ends", f"'{one.name}'", "pairs.end_at")}
    """
    rows = connection.execute(
        f"select pair, minutes, (worked_at_end - worked_at_begin) / 60e6 from ({measured})"
    ).fetchall()
    assert len(rows) == len(pairs)
    assert [row for row in rows if row[1] != row[2]] == []

    # And back: the deadline so many minutes later is the end of the last of these minutes.
    back = connection.execute(
        f"""
        select pair, {CALENDARS.reached_at("reached", "worked_at_end")}
        from ({measured}) as measured
        inner join intermediate.int_working_stretches_counted as reached
            on {CALENDARS.stretch_of_work("reached", f"'{one.name}'", "worked_at_end")}
        where minutes > 0
        """
    ).fetchall()
    deadlines = dict(back)
    with_minutes = [pair for pair in pairs if pair[3]]
    assert len(back) == len(with_minutes) > 100
    for number, begin, end, _ in with_minutes:
        last = begin + int(np.flatnonzero(is_open[begin:end])[-1])
        assert deadlines[number] == FIRST + timedelta(minutes=last + 1), (number, begin, end)
