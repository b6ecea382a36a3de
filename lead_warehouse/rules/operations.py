"""What calendars, service levels, cadences and the work queue must be to make sense."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from lead_warehouse.nearest import did_you_mean
from lead_warehouse.rules.problems import Problem, quoted, remedy
from lead_warehouse.rules.rows import (
    CadenceStep,
    ContactOutcome,
    PublicHoliday,
    QueueAction,
    QueueReason,
    RuleSet,
    SlaPolicy,
    TerritoryCountry,
    WorkingCalendar,
    WorkingHours,
)
from lead_warehouse.time_zones import time_zones

PLACES = frozenset({"since", "until", "step", "steps", "missing"})
REASONS = frozenset(
    {
        *("request_waits", "request_unreached", "mql_waits", "mql_unreached", "mql_reached"),
        *("cadence_exhausted", "meeting_ahead", "not_validated", "without_opportunity"),
        *("worth_enriching", "nurtured", "owner_missing", "owner_unlisted", "owner_gone"),
        *("owner_absent", "owner_full", "sla_broken", "no_place_left"),
        *("need", "priority", "budget", "authority"),
    }
)
"""What the models say; each needs its words."""

BY_CADENCE = ("call", "nurture")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_PLACE = re.compile(r"\{([^{}]*)\}")


def operations_problems(rules: RuleSet) -> Iterator[Problem]:
    """Calendars first, since all else is counted in their hours."""
    yield from _calendars(rules)
    yield from _hours(rules)
    yield from _policies(rules)
    yield from _cadences(rules)
    yield from _actions(rules)
    yield from _words(rules)
    for outcome in rules.rows(ContactOutcome):
        if outcome.outcome != outcome.outcome.lower():
            yield outcome.problem(
                f"outcome {quoted(outcome.outcome)} has capitals, and outcomes are compared in "
                f"lower case; write {quoted(outcome.outcome.lower())}"
            )
    for country in rules.rows(TerritoryCountry):
        code = country.country_code
        if code is not None and not re.fullmatch("[A-Z]{2}", code):
            yield country.problem(
                f"country_code {quoted(code)} is no code of two capitals; write one such as FR"
            )


def _calendars(rules: RuleSet) -> Iterator[Problem]:
    zones = time_zones()
    holidays = rules.all_rows(PublicHoliday)
    countries = {one.country_code for one in holidays or []}
    regions = {(one.country_code, one.region_code) for one in holidays or []}
    for row in rules.rows(WorkingCalendar):
        if row.time_zone not in zones:
            hint = did_you_mean(row.time_zone, zones) or "; use one such as Europe/Paris"
            yield row.problem(f"time_zone {quoted(row.time_zone)} is not known{hint}")
        if row.calendar != row.calendar.strip().lower():
            yield row.problem(
                f"calendar {quoted(row.calendar)} has capitals, and names are compared in lower "
                f"case; write {quoted(row.calendar.lower())}"
            )
        if holidays is None:
            continue
        if row.country_code is not None and row.country_code not in countries:
            yield row.problem(
                f"country_code {quoted(row.country_code)} has no public holidays in "
                "public_holidays.csv; leave it empty and list days off in working_days_off.csv"
            )
        elif row.region_code is not None and (row.country_code, row.region_code) not in regions:
            known = sorted(
                region for country, region in regions if country == row.country_code and region
            )
            yield row.problem(
                f"region_code {quoted(row.region_code)} is no region of {row.country_code}"
                f"{remedy(row.region_code, known)}"
            )
    calendars = rules.all_rows(WorkingCalendar)
    if calendars is None:
        return
    defaults = [row for row in calendars if row.is_default]
    if not defaults:
        text = "no calendar is the default one; set is_default to true in one row"
        yield Problem(WorkingCalendar.table, 1, text)
    for row in defaults[1:]:
        yield row.problem(f"is_default is true as on line {defaults[0].line}; keep it in one row")
    hours = rules.all_rows(WorkingHours)
    if hours is not None:
        opened = {row.calendar for row in hours}
        for row in calendars:
            if row.calendar not in opened:
                yield row.problem(
                    f"calendar {quoted(row.calendar)} has no hours; add rows to working_hours.csv"
                )


def _hours(rules: RuleSet) -> Iterator[Problem]:
    """Hours that begin before they end and do not overlap."""
    by_day: dict[tuple[str, int], list[WorkingHours]] = defaultdict(list)
    for row in rules.rows(WorkingHours):
        wrong = [
            (name, value)
            for name, value in (("opens_at", row.opens_at), ("closes_at", row.closes_at))
            if not _CLOCK.fullmatch(value)
        ]
        for name, value in wrong:
            yield row.problem(f"{name} {quoted(value)} is no time of day; write it as 09:30")
        if wrong:
            continue
        if row.opens_at >= row.closes_at:
            yield row.problem(
                f"closes_at {quoted(row.closes_at)} must be after opens_at "
                f"{quoted(row.opens_at)}; of a night write two rows, until 24:00 and from 00:00"
            )
            continue
        by_day[row.calendar, row.weekday].append(row)
    for rows in by_day.values():
        rows.sort(key=lambda one: one.opens_at)
        for earlier, later in pairwise(rows):
            if later.opens_at < earlier.closes_at:
                yield later.problem(
                    f"opens_at {quoted(later.opens_at)} lies within the hours of line "
                    f"{earlier.line}; make them follow each other"
                )


def _policies(rules: RuleSet) -> Iterator[Problem]:
    """Who asks to be contacted waits no longer than who does not."""
    policies = {(one.clock, one.urgency): one for one in rules.rows(SlaPolicy)}
    order = ("hand_raise", "hot", "warm", "cold")
    for (clock, urgency), row in policies.items():
        for other in order[: order.index(urgency)] if urgency in order else ():
            before = policies.get((clock, other))
            if before and before.business_minutes > row.business_minutes:
                yield row.problem(
                    f"business_minutes {quoted(row.business_minutes)} of {urgency} must not be "
                    f"less than {before.business_minutes} of {other} on line {before.line}"
                )
                break


def _cadences(rules: RuleSet) -> Iterator[Problem]:
    """Steps counted from 1 on, each later than the one before or on the same day."""
    steps = rules.all_rows(CadenceStep)
    by_name: dict[str, list[CadenceStep]] = defaultdict(list)
    for row in steps or []:
        by_name[row.cadence].append(row)
    for rows in by_name.values():
        rows.sort(key=lambda one: one.step_number)
        for expected, row in enumerate(rows, start=1):
            if row.step_number != expected:
                yield row.problem(
                    f"step_number {quoted(row.step_number)} must be {expected}: steps count from "
                    "1 on without gap or repetition"
                )
                break
        for earlier, later in pairwise(rows):
            if later.after_business_days < earlier.after_business_days:
                yield later.problem(
                    f"after_business_days {quoted(later.after_business_days)} must not be less "
                    f"than {earlier.after_business_days} of the step before"
                )
    actions = rules.all_rows(QueueAction)
    if steps is not None and actions is not None:
        used = {one.cadence for one in actions}
        for name, rows in by_name.items():
            if name not in used:
                yield rows[0].problem(
                    f"cadence {quoted(name)} is of no action; name it in queue_actions.csv"
                    f"{remedy(name, [one for one in used if one])}"
                )


def _actions(rules: RuleSet) -> Iterator[Problem]:
    rows, steps = rules.all_rows(QueueAction), rules.all_rows(CadenceStep)
    if rows is None:
        return
    missing = set(rules.accepted(QueueAction, "action")) - {row.action for row in rows}
    if missing:
        text = f"has no row for action {', '.join(sorted(missing))}; add it"
        yield Problem(QueueAction.table, 1, text)
    known = {one.cadence for one in steps or []}
    for row in rows:
        if row.cadence is None and row.action in BY_CADENCE:
            yield row.problem(f"action {quoted(row.action)} goes by a cadence; name it")
        elif row.cadence is not None and row.action not in BY_CADENCE:
            yield row.problem(f"action {quoted(row.action)} is one act; leave its cadence empty")
        elif row.cadence is not None and steps is not None and row.cadence not in known:
            yield row.problem(
                f"cadence {quoted(row.cadence)} has no steps in cadence_steps.csv"
                f"{remedy(row.cadence, known)}"
            )


def _words(rules: RuleSet) -> Iterator[Problem]:
    """Words for every reason, with places that are filled."""
    rows = rules.all_rows(QueueReason)
    for row in rows or []:
        if row.reason not in REASONS:
            yield row.problem(
                f"reason {quoted(row.reason)} is given by no model{remedy(row.reason, REASONS)}"
            )
        for name, text in (("text_en", row.text_en), ("text_fr", row.text_fr)):
            for place in _PLACE.findall(text):
                if place not in PLACES:
                    yield row.problem(
                        f"{name} has a place {quoted(place)} that nothing fills"
                        f"{remedy(place, PLACES)}"
                    )
    if rows is not None:
        missing = REASONS - {row.reason for row in rows}
        if missing:
            text = f"has no words for {', '.join(sorted(missing))}; add them"
            yield Problem(QueueReason.table, 1, text)
