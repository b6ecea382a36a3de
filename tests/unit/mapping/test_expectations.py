"""What a mapping may expect of deliveries."""

from datetime import timedelta
from pathlib import Path

import pytest

from lead_warehouse.mapping.expectations import Completeness
from tests.unit.mapping.test_load import load, problems, with_setting


def test_settings_are_read_from_their_text(tmp_path: Path) -> None:
    mapping = load(
        tmp_path,
        with_setting(
            "freshness: {warn_after: {count: 25, period: hour}, "
            "error_after: {count: 3, period: day}}"
        ).replace(
            "version: 1\n", "version: 1\ncompleteness: {min_share: 0.25, when_empty: accept}\n"
        ),
    )
    (one,) = mapping.inputs
    assert mapping.completeness_of(one) == Completeness(min_share=0.25, when_empty="accept")
    assert one.freshness is not None
    assert one.freshness.warn_after is not None
    assert one.freshness.warn_after.span == timedelta(hours=25)
    assert str(one.freshness.error_after) == "3 days"


def test_without_settings_the_defaults_hold(tmp_path: Path) -> None:
    mapping = load(tmp_path, with_setting("delimiter: ';'"))
    assert mapping.completeness_of(mapping.inputs[0]) == Completeness()
    assert mapping.inputs[0].freshness is None


def test_an_input_overrides_only_what_it_says() -> None:
    general = Completeness(min_share=0.5, from_records=7)
    own = Completeness(from_records=20)
    assert general.overridden_by(own) == Completeness(min_share=0.5, from_records=20)
    assert general.overridden_by(None) == general


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("completeness: {min_shar: 0.1}", "'min_shar' is not a setting here; did you mean"),
        ("completeness: {min_share: 10}", "less than or equal to 1, not '10'"),
        ("completeness: {min_share: nan}", "finite number, not 'nan'"),
        ("completeness: {settle_seconds: -1}", "greater than or equal to 0, not '-1'"),
        ("completeness: {when_empty: skip}", "'when_empty' must be 'hold' or 'accept', not 'skip'"),
        ("completeness: {from_records: 0}", "greater than or equal to 1, not '0'"),
        ("freshness: {}", "sets no limit; add warn_after or error_after"),
        ("freshness: {warn_after: {count: 1}}", "'period' is missing; add it"),
        ("freshness: {warn_after: {count: 0, period: day}}", "greater than or equal to 1"),
        (
            "freshness: {warn_after: {count: 1, period: week}}",
            "'period' must be 'minute', 'hour' or 'day', not 'week'",
        ),
        (
            "freshness: {warn_after: {count: 24, period: hour}, "
            "error_after: {count: 1, period: day}}",
            "error_after (1 day) must be longer than warn_after (24 hours)",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_line(
    tmp_path: Path, setting: str, message: str
) -> None:
    (problem,) = problems(tmp_path, with_setting(setting))
    assert problem.startswith("5: ")
    assert message in problem
