"""The contract as Python objects, validated when it is read."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

ColumnType = Literal["string", "bigint", "double", "decimal", "boolean", "date", "timestamp"]

SQL_TYPES: dict[ColumnType, str] = {
    "string": "varchar",
    "bigint": "bigint",
    "double": "double",
    "decimal": "decimal(18, 4)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
"""Contract type to the SQL type of raw tables and dbt sources."""

CONTRACT_FILE = Path(__file__).with_name("contract.yml")


class Strict(BaseModel):
    """A part of the file in which an unknown setting is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EventWhen(Strict):
    """Rows in which a column is an event: those where ``column`` has one of ``values``."""

    column: str
    values: list[str]


class Column(Strict):
    """A column of a canonical table."""

    type: ColumnType
    description: str
    required: bool = False
    unit: str | None = None
    values: list[str] | None = None
    event: bool = False
    event_when: EventWhen | None = None
    personal: bool = False
    is_list: bool = False

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]


class Table(Strict):
    """A canonical table: its grain, key and columns."""

    grain: str
    key: list[str]
    known_at_from: list[str]
    columns: dict[str, Column]

    @property
    def event_columns(self) -> dict[str, Column]:
        return {name: column for name, column in self.columns.items() if column.event}

    def _values_of(self, name: str) -> list[str]:
        return (self.columns[name].values or []) if name in self.columns else []

    @model_validator(mode="after")
    def _names_and_types_agree(self) -> Self:
        for name in [*self.key, *self.known_at_from]:
            if name not in self.columns:
                raise ValueError(f"'{name}' is not a column of the table")
        for name, column in self.columns.items():
            told_by = column.event_when
            if told_by and not set(told_by.values) <= set(self._values_of(told_by.column)):
                raise ValueError(f"'{name}': event_when names values that no row can have")
        for name, column in self.columns.items():
            if column.is_list and (column.type != "string" or column.values or column.required):
                raise ValueError(f"'{name}' is a list and must be a string that may be empty")
        for name in self.key:
            if not self.columns[name].required:
                raise ValueError(f"key column '{name}' must be required")
        for name in [*self.known_at_from, *self.event_columns]:
            if self.columns[name].type not in ("date", "timestamp"):
                raise ValueError(f"'{name}' tells a time and must be a date or timestamp")
        return self


class Contract(Strict):
    """All canonical tables by name."""

    version: Literal[1]
    tables: dict[str, Table]


@cache
def load_contract(path: Path = CONTRACT_FILE) -> Contract:
    """Read and validate the contract.

    Raises:
        pydantic.ValidationError: when the file does not describe a contract.
    """
    return Contract.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
