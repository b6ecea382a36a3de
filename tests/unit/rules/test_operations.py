"""Calendars, service levels, cadences and words of the queue: what is refused, and how."""

import csv
import io

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.rules import public_holidays
from tests.changed_rules import ChangedRules


def test_public_holidays_are_what_the_library_says() -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(public_holidays.rows())
    seed = PROJECT_DIR / "seeds" / "reference" / "public_holidays.csv"
    assert seed.read_text(encoding="utf-8") == written.getvalue()


@pytest.mark.parametrize(
    ("table", "row", "values", "said"),
    [
        (
            "working_calendars", "de", {"time_zone": "Europe/Berln"},
            "time_zone 'Europe/Berln' is not known; did you mean 'Europe/Berlin'?",
        ),
        (
            "working_calendars", "de", {"country_code": "US"},
            "country_code 'US' has no public holidays in public_holidays.csv; "
            "leave it empty and list days off in working_days_off.csv",
        ),
        (
            "working_calendars", "de", {"region_code": "BX"},
            "region_code 'BX' is no region of DE",
        ),
        (
            "working_calendars", "de", {"is_default": "true"},
            "is_default is true as on line 2; keep it in one row",
        ),
        ("working_hours", "de 3", {"opens_at": "9:00"}, "opens_at '9:00' is no time of day"),
        (
            "working_hours", "de 3", {"opens_at": "18:00"},
            "closes_at '18:00' must be after opens_at '18:00'",
        ),
        (
            "working_hours", "de 3", {"weekday": "2", "opens_at": "17:59", "closes_at": "19:00"},
            "opens_at '17:59' lies within the hours of line 8; make them follow each other",
        ),
        (
            "sla_policies", "first_touch hot", {"business_minutes": "59"},
            "business_minutes '59' of hot must not be less than 60 of hand_raise on line 2",
        ),
        ("cadence_steps", "nurture 2", {"step_number": "7"}, "step_number '3' must be 2"),
        (
            "cadence_steps", "first_contact 4", {"after_business_days": "2"},
            "after_business_days '2' must not be less than 3 of the step before",
        ),
        (
            "cadence_steps", "nurture 5", {"cadence": "nurtur", "step_number": "1"},
            "cadence 'nurtur' is of no action; name it in queue_actions.csv",
        ),
        (
            "queue_actions", "call", {"cadence": "first_contract"},
            "cadence 'first_contract' has no steps in cadence_steps.csv; did you mean",
        ),
        ("queue_actions", "call", {"cadence": ""}, "action 'call' goes by a cadence; name it"),
        (
            "queue_actions", "validate", {"cadence": "nurture"},
            "action 'validate' is one act; leave its cadence empty",
        ),
        (
            "queue_reasons", "nurtured", {"text_en": "since {sinse}"},
            "text_en has a place 'sinse' that nothing fills; did you mean 'since'?",
        ),
        (
            "queue_reasons", "nurtured", {"reason": "nurturd"},
            "reason 'nurturd' is given by no model; did you mean 'nurtured'?",
        ),
        (
            "contact_outcomes", "connected", {"outcome": "Connected"},
            "outcome 'Connected' has capitals",
        ),
        (
            "territory_countries", "FR", {"country_code": "France"},
            "country_code 'France' is no code of two capitals",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_remedy(
    rules: ChangedRules, table: str, row: str, values: dict[str, str], said: str
) -> None:
    rules.change(table, row, **values)
    told = [line for line in rules.problems() if line.startswith(f"{table}.csv:")]
    assert any(line.split(": ", 1)[1].startswith(said) for line in told), told


@pytest.mark.parametrize(
    ("table", "dropped", "said"),
    [
        ("queue_actions", "recycle", "has no row for action recycle; add it"),
        ("queue_reasons", "owner_full", "has no words for owner_full; add them"),
        ("working_calendars", "fr", "no calendar is the default one"),
    ],
)
def test_what_is_missing_is_told(rules: ChangedRules, table: str, dropped: str, said: str) -> None:
    rules.drop(table, dropped)
    assert any(line.startswith(f"{table}.csv:1: {said}") for line in rules.problems())


@pytest.mark.parametrize(
    ("table", "row", "values"),
    [
        ("working_hours", "de 3", {"weekday": "2", "opens_at": "18:00", "closes_at": "24:00"}),
        ("sla_policies", "first_touch hot", {"business_minutes": "60"}),
        ("cadence_steps", "first_contact 4", {"after_business_days": "3"}),
        ("working_calendars", "de", {"region_code": "BY"}),
        ("working_calendars", "de", {"country_code": ""}),
    ],
)
def test_what_is_just_allowed_passes(
    rules: ChangedRules, table: str, row: str, values: dict[str, str]
) -> None:
    rules.change(table, row, **values)
    assert rules.problems() == []
