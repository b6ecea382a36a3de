"""The one place that reads the wall clock."""

import os
import time
from datetime import UTC, datetime

from lead_warehouse.errors import UserError

FROZEN_CLOCK = "LEAD_WAREHOUSE_NOW"


def utc_now() -> datetime:
    """The wall clock as a naive UTC instant, to the microsecond.

    ``LEAD_WAREHOUSE_NOW`` (ISO 8601) freezes it, so that a refresh can be replayed to the digest.

    Raises:
        UserError: when ``LEAD_WAREHOUSE_NOW`` is not an instant.
    """
    frozen = os.environ.get(FROZEN_CLOCK)
    return parse_instant(frozen, FROZEN_CLOCK) if frozen else datetime.now(UTC).replace(tzinfo=None)


def parse_instant(text: str, what: str) -> datetime:
    """Read an ISO 8601 instant; without an offset it is UTC. Returned naive, in UTC.

    Raises:
        UserError: naming ``what`` when ``text`` is not an instant.
    """
    try:
        instant = datetime.fromisoformat(text)
        return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise UserError(
            f"{what}: '{text}' is not an instant; write it as 2026-01-31 or 2026-01-31T09:00:00Z"
        ) from None


def file_clock_ns() -> int:
    """Nanoseconds since 1970 by the clock that stamps files; never frozen, nor written anywhere
    that readers see."""
    return time.time_ns()
