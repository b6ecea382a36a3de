"""How the text of a file's columns is written: as the mapping declares, or as a typed column is."""

from dataclasses import dataclass
from typing import Literal

from lead_warehouse.mapping import FromColumn, Input

Kind = Literal[
    "text",
    "list",
    "number",
    "integer",
    "double",
    "boolean",
    "date",
    "timestamp",
    "timestamp of another unit",
    "instant",
]
"""What a file itself says of a column: its type, where it has one. CSV knows text alone."""

ISO_DATE = "%Y-%m-%d"


@dataclass(frozen=True)
class Notation:
    """How the cells of a column are to be read.

    Attributes:
        empty_values: texts that stand for an empty cell.
        timestamp_format: none for ISO 8601.
        time_zone: of times without an offset.
    """

    empty_values: list[str]
    date_format: str
    timestamp_format: str | None
    time_zone: str
    decimal_mark: str
    thousands_mark: str | None = None


def notation(source: FromColumn, one: Input, kind: Kind = "text") -> Notation:
    """The notation of a column of a file; what the mapping declares is for text.

    A typed column is written in one way, so only the time zone of its local times is left to say.
    """
    zone = source.time_zone or one.time_zone
    match kind:
        case "text" | "list":
            return Notation(
                one.empty_values,
                source.format or one.date_format,
                source.format or one.timestamp_format,
                zone,
                source.decimal_mark or one.decimal_mark,
                source.thousands_mark or one.thousands_mark,
            )
        case "date":
            return Notation([], ISO_DATE, ISO_DATE, zone, ".")
        case "timestamp" | "timestamp of another unit":
            # As 100.0 is an integer, a timestamp at midnight is a date, and no other is.
            return Notation([], f"{ISO_DATE} 00:00:00", None, zone, ".")
        case _:
            return Notation([], ISO_DATE, None, zone, ".")
