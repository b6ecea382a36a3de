"""Mapping files: how an export's columns become canonical columns, without code."""

from lead_warehouse.mapping.load import load_mapping
from lead_warehouse.mapping.schema import (
    ColumnSource,
    Constant,
    FromColumn,
    Input,
    Join,
    Mapping,
    TableMapping,
    When,
)

__all__ = [
    "ColumnSource",
    "Constant",
    "FromColumn",
    "Input",
    "Join",
    "Mapping",
    "TableMapping",
    "When",
    "load_mapping",
]
