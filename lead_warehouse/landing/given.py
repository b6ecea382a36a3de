"""Cells that a file's own type already makes canonical values, taken without going through text."""

from lead_warehouse.contract import Column
from lead_warehouse.landing.notation import Kind
from lead_warehouse.mapping import FromColumn
from lead_warehouse.sql import identifier

GIVEN = "(given) "
"""What the name of a typed column starts with beside the one of its text."""

_SAME_TYPE: set[tuple[Kind, str]] = {
    ("double", "double"),
    ("integer", "bigint"),
    ("timestamp", "timestamp"),
}


def given_column(column: str) -> str:
    """Identifier of a file's column as it is, beside the one of its text."""
    return identifier(f"{GIVEN}{column}")


def find_given(source: FromColumn, column: Column, kind: Kind, time_zone: str) -> str | None:
    """SQL of a cell as its file has it; none where it must be read from its text."""
    if source.values:
        return None
    if (kind, column.type) not in _SAME_TYPE or (kind == "timestamp" and time_zone != "UTC"):
        return None
    return given_column(source.column)


def within_reach(given: str, column: Column) -> str:
    """SQL of a typed value, null where its text would be none of the canonical type."""
    match column.type:
        case "double":
            condition = f"isfinite({given})"
        case "timestamp":
            condition = f"{given} >= '0001-01-01' and {given} < '10000-01-01'"
        case _:
            return given
    return f"case when {condition} then {given} end"
