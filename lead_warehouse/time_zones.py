"""Names of the time zones that this machine knows."""

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> frozenset[str]:
    """IANA names, looked up once a process: each look reads some six hundred files."""
    return frozenset(available_timezones())
