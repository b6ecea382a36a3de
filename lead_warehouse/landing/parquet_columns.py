"""Typed columns of a Parquet file as text, so that one set of casts reads every format."""

import re

from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.notation import Kind
from lead_warehouse.sql import identifier, literal

LIST_OF_TEXT = "VARCHAR[]"
LIST_SEPARATOR = ";"
"""What canonical columns separate the items of a list by."""

_NO_JSON = r"[:,\[]-?(NaN|Infinity)"
"""What the engine writes in lists and structures; in a text, it only spells the whole cell."""

_KINDS: dict[str, Kind] = {
    r"VARCHAR|JSON|UUID|TIME(_NS)?( WITH TIME ZONE)?|ENUM\(.*\)": "text",
    r"VARCHAR\[\]": "list",
    r"BIGINT|INTEGER": "integer",
    r"DOUBLE": "double",
    r"U?(TINY|SMALL|HUGE)INT|UBIGINT|UINTEGER|FLOAT|DECIMAL\(\d+, ?\d+\)": "number",
    r"BOOLEAN": "boolean",
    r"DATE": "date",
    r"TIMESTAMP": "timestamp",
    r"TIMESTAMP_(S|MS|NS)": "timestamp of another unit",
    r"TIMESTAMP WITH TIME ZONE": "instant",
}


def kind_of(name: str, sql_type: str) -> Kind:
    """What a column of an engine type holds.

    Raises:
        HeldFile: values of that type are no cells.
    """
    for pattern, kind in _KINDS.items():
        if re.fullmatch(pattern, sql_type):
            return kind
    if sql_type == "BLOB":
        raise HeldFile(f"column '{name}' is bytes, not text; write it as a string (UTF8)")
    family = "list" if sql_type.endswith("]") else sql_type.split("(", maxsplit=1)[0].lower()
    raise HeldFile(
        f"column '{name}' is of type {family}, which no canonical column is; write it as columns "
        "of one value each, or as a list of strings"
    )


def text_of(name: str, sql_type: str) -> str:
    """SQL of a cell's text, as a CSV file would have it."""
    column = identifier(name)
    if sql_type == LIST_OF_TEXT:
        return joined_items(column)
    return column if sql_type == "VARCHAR" else f"cast({column} as varchar)"


def joined_items(items: str) -> str:
    """SQL of a list as one text; an item without text is none, as in lists written into a cell."""
    filled = f"list_filter({items}, lambda item: trim(item) <> '')"
    return f"array_to_string({filled}, {literal(LIST_SEPARATOR)})"


def malformed_cell(name: str, sql_type: str) -> list[tuple[str, str]]:
    """(condition, reason) pairs for cells whose text would not be what the file holds."""
    column = identifier(name)
    found = []
    if sql_type == LIST_OF_TEXT:
        found.append(
            (
                f"len(list_filter({column}, "
                f"lambda item: contains(item, {literal(LIST_SEPARATOR)}))) > 0",
                f"an item of the list in column '{name}' holds a semicolon",
            )
        )
    if sql_type in ("VARCHAR", LIST_OF_TEXT):
        found.append(
            (f"contains({text_of(name, sql_type)}, chr(0))", f"a NUL byte in column '{name}'")
        )
    return found


def json_of(types: dict[str, str]) -> str:
    """SQL of a whole row as JSON."""
    fields = ", ".join(
        f"{literal(name)}: {_json_value(name, sql_type)}" for name, sql_type in types.items()
    )
    return f"cast(to_json({{{fields}}}) as varchar)"


def _json_value(name: str, sql_type: str) -> str:
    """SQL of a cell as JSON, which has no word for what is not a number."""
    column = identifier(name)
    if sql_type in ("FLOAT", "DOUBLE"):
        is_json = f"isfinite({column})"
    elif re.search("FLOAT|DOUBLE", sql_type):
        is_json = f"not regexp_matches(to_json({column}), {literal(_NO_JSON)})"
    else:
        return column
    return f"case when {is_json} then to_json({column}) else to_json(cast({column} as varchar)) end"
