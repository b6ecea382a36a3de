"""Times as they are written, and what a clock that was put back or forward makes of them.

An explicit offset wins. A local time is read in the time zone declared: one that the clock showed
twice is read as the second of the two, in winter time, and flagged; one that the clock skipped
never was, so its record goes to quarantine, unless it is the midnight that stands for a day.
"""

from functools import cache
from typing import NamedTuple

import duckdb

from lead_warehouse.landing.notation import Notation
from lead_warehouse.sql import literal

ISO_OFFSET = r"(Z|UTC|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)"
ISO_CLOCK = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6}0{0,3})?)?"
LENGTH_TO_THE_MINUTE = 16
ISO_KIND = "a timestamp as YYYY-MM-DD hh:mm:ss; declare 'format' if it is written otherwise"

YEARS_OF_CHANGES = ("1970-01-01", "2100-12-31")


class WrittenTime(NamedTuple):
    """SQL of an instant over the text of a cell.

    Attributes:
        value: the instant in UTC, without a zone; null where the text is no such time.
        kind: what the text must be.
        local: what the clock showed; null where the text has an offset of its own.
        zone: the time zone of ``local``; none where no clock was ever put back or forward.
    """

    value: str
    kind: str
    local: str
    zone: str | None


def written_time(text: str, written: Notation) -> WrittenTime:
    """The instant that a text stands for."""
    form, zone = written.timestamp_format, written.time_zone
    changing = zone if days_near_changes(zone) else None
    if form is not None:
        has_offset = "%z" in form
        parsed = parsed_time(text, form)
        return WrittenTime(
            _in_utc(parsed, None if has_offset else zone),
            f"a timestamp as {form}",
            parsed,
            None if has_offset else changing,
        )
    # ISO 8601 also writes Z, +02 and +0200, and no seconds, where the engine wants 00+02:00;
    # exports of BigQuery write UTC.
    ends_in_offset = literal(f" ?{ISO_OFFSET}$")
    offset = f"regexp_extract({text}, {ends_in_offset}, 1)"
    clock = f"regexp_replace({text}, {ends_in_offset}, '')"
    full_clock = (
        f"case when length({clock}) = {LENGTH_TO_THE_MINUTE} then {clock} || ':00' else {clock} end"
    )
    full_offset = (
        f"case when {offset} in ('Z', 'UTC') then '+00:00' "
        f"when length({offset}) = 3 then {offset} || ':00' "
        f"when length({offset}) = 5 then left({offset}, 3) || ':' || right({offset}, 2) "
        f"else {offset} end"
    )
    with_offset = _in_utc(f"try_cast(({full_clock}) || ({full_offset}) as timestamptz)", None)
    without = f"try_cast({text} as timestamp)"
    return WrittenTime(
        f"case when not regexp_full_match({text}, {literal(f'{ISO_CLOCK}( ?{ISO_OFFSET})?')}) "
        f"then null when {offset} <> '' then {with_offset} else {_in_utc(without, zone)} end",
        ISO_KIND,
        f"case when {offset} = '' then {without} end",
        changing,
    )


def parsed_time(text: str, form: str) -> str:
    """SQL of a date or time read by a format; a year of two digits is not one of four."""
    parsed = f"try_strptime({text}, {literal(form)})"
    return f"case when year({parsed}) >= 1000 then {parsed} end" if "%Y" in form else parsed


def was_skipped(time: WrittenTime, value: str) -> str:
    """SQL of whether no clock ever showed the time; ``value`` is the instant it was read as."""
    local = f"({time.local})"
    return _near_a_change(
        time,
        value,
        f"{local} <> {_shown(time, value)} and {local} <> date_trunc('day', {local})",
    )


def was_shown_twice(time: WrittenTime, value: str) -> str:
    """SQL of whether the clock showed the time twice; ``value`` is the instant it was read as."""
    shown = _shown(time, value)

    def by_offset_of(other: str) -> str:
        """The instant at which the clock showed it by the offset of another instant."""
        return f"({shown} - ({_shown(time, other)} - ({other})))"

    before = by_offset_of(f"{value} - interval 1 day")
    after = by_offset_of(f"{value} + interval 1 day")
    return _near_a_change(
        time,
        value,
        f"({time.local}) is not null and {before} <> {after} "
        f"and {_shown(time, before)} = {shown} and {_shown(time, after)} = {shown}",
    )


def _near_a_change(time: WrittenTime, value: str, condition: str) -> str:
    """Asking a time zone is dear, so it is asked on days of the year that ever had a change."""
    days = ", ".join(map(str, days_near_changes(str(time.zone))))
    return (
        f"case when {_day_of_year(value)} in ({days}) "
        f"then coalesce({condition}, false) else false end"
    )


@cache
def days_near_changes(zone: str) -> tuple[int, ...]:
    """Days of the year, as ``month * 32 + day``, within a day of a change of offset in any year."""
    if zone == "UTC":
        return ()
    first, last = YEARS_OF_CHANGES
    with duckdb.connect() as engine:
        rows = engine.execute(
            f"""
            with days as (
                select cast(day as timestamp) as day
                from generate_series(date '{first}', date '{last}', interval 1 day) as d (day)
            ),
            offsets as (
                select day, timezone(?, timezone('UTC', day)) - day as shift from days
            ),
            changes as (
                select day from offsets
                qualify shift <> lag(shift, 1, shift) over (order by day)
            )
            select distinct {_day_of_year("near")}
            from changes, generate_series(
                day - interval 2 day, day + interval 1 day, interval 1 day
            ) as n (near)
            order by 1
            """,
            [zone],
        ).fetchall()
    return tuple(day for (day,) in rows)


def _day_of_year(instant: str) -> str:
    return f"month({instant}) * 32 + day({instant})"


def _shown(time: WrittenTime, instant: str) -> str:
    """What the clock of the zone shows at an instant in UTC."""
    return f"timezone({literal(time.zone)}, timezone('UTC', {instant}))"


def _in_utc(parsed: str, zone: str | None) -> str:
    """A parsed instant in UTC; ``zone`` none when the text carried its own offset."""
    if zone is None:
        return f"timezone('UTC', {parsed})"
    return parsed if zone == "UTC" else f"timezone('UTC', timezone({literal(zone)}, {parsed}))"
