"""Make ``seeds/reference/public_holidays.csv`` from the library holidays.

    python -m lead_warehouse.rules.public_holidays > seeds/reference/public_holidays.csv

Days off of France and Germany. What holds in the whole country stands there once, without a region;
a region has rows of its own for what only it has. The library is needed for this alone.
"""

import csv
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version

YEARS = range(2010, 2041)
"""Also the years that working calendars cover."""

REGIONS = {
    # Moselle and Alsace, which keep two days of their own.
    "FR": ("57", "6AE"),
    "DE": (
        *("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV"),
        *("NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"),
    ),
}
LANGUAGES = {"FR": "fr", "DE": "de"}


def rows() -> Iterator[list[str]]:
    """Rows of the seed, its header first."""
    # Only whoever makes the seed anew has the library.
    import holidays  # noqa: PLC0415

    def days(country: str, region: str | None) -> dict[date, str]:
        found = holidays.country_holidays(
            country, subdiv=region, years=YEARS, language=LANGUAGES[country]
        )
        return {day: name for day, name in found.items() if day.year in YEARS}

    yield ["country_code", "region_code", "holiday_date", "holiday_name", "list_version"]
    list_version = f"holidays {version('holidays')}"
    for country, regions in REGIONS.items():
        everywhere = days(country, None)
        for region in (None, *regions):
            for day, name in sorted(days(country, region).items()):
                if region is None or day not in everywhere:
                    yield [country, region or "", day.isoformat(), name, list_version]


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows())
