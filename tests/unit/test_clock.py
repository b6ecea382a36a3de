from datetime import datetime, timedelta, timezone, tzinfo

import pytest

from lead_warehouse import clock
from lead_warehouse.clock import FROZEN_CLOCK, parse_instant, utc_now
from lead_warehouse.errors import UserError


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31", datetime(2026, 1, 31)),
        ("2026-01-31T09:00", datetime(2026, 1, 31, 9)),
        ("2026-01-31 09:00:01.5", datetime(2026, 1, 31, 9, 0, 1, 500_000)),
        ("2026-01-31T09:00:00Z", datetime(2026, 1, 31, 9)),
        ("2026-01-31T09:00:00+02:00", datetime(2026, 1, 31, 7)),
        ("2026-01-31T23:00:00-05:00", datetime(2026, 2, 1, 4)),
    ],
)
def test_an_instant_is_read_as_naive_utc(text: str, instant: datetime) -> None:
    found = parse_instant(text, "--as-of")
    assert found == instant
    assert found.tzinfo is None


@pytest.mark.parametrize(
    "text", ["", "now", "31/01/2026", "2026-02-30", "1769850000", "2026-01-31T25:00"]
)
def test_what_is_no_instant_is_told_with_an_example(text: str) -> None:
    with pytest.raises(UserError) as error:
        parse_instant(text, "--as-of")
    assert str(error.value) == (
        f"--as-of: '{text}' is not an instant; write it as 2026-01-31 or 2026-01-31T09:00:00Z"
    )


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_an_instant_beyond_the_calendar_is_told(text: str) -> None:
    with pytest.raises(UserError, match="is not an instant"):
        parse_instant(text, "--as-of")


class NoonInTokyo(datetime):
    """A wall clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "NoonInTokyo":
        return cls(2026, 1, 31, 12, 0, 0, 7, timezone(timedelta(hours=9))).astimezone(tz)


@pytest.mark.parametrize("frozen", [None, ""])
def test_the_clock_is_naive_utc_to_the_microsecond(
    monkeypatch: pytest.MonkeyPatch, frozen: str | None
) -> None:
    monkeypatch.setattr(clock, "datetime", NoonInTokyo)
    monkeypatch.delenv(FROZEN_CLOCK, raising=False)
    if frozen is not None:
        monkeypatch.setenv(FROZEN_CLOCK, frozen)
    now = utc_now()
    assert (now, now.tzinfo) == (datetime(2026, 1, 31, 3, 0, 0, 7), None)


def test_the_clock_can_be_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FROZEN_CLOCK, "2026-01-31T09:00:00+01:00")
    assert utc_now() == utc_now() == datetime(2026, 1, 31, 8)


def test_a_frozen_clock_that_is_no_instant_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FROZEN_CLOCK, "yesterday")
    with pytest.raises(UserError, match=f"{FROZEN_CLOCK}: 'yesterday' is not an instant"):
        utc_now()
