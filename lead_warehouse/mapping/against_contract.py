"""Hold a well-formed mapping against the canonical tables."""

from collections.abc import Iterator

from lead_warehouse.contract import Column, Contract, Table
from lead_warehouse.mapping.schema import (
    ColumnSource,
    Constant,
    FromColumn,
    Join,
    Mapping,
    TableMapping,
)
from lead_warehouse.nearest import did_you_mean

Problem = tuple[tuple[int | str, ...], str]
TIMES = ("date", "timestamp")
NUMBERS = ("bigint", "double", "decimal")


def contract_problems(mapping: Mapping, contract: Contract) -> list[Problem]:
    """Every place where the mapping breaks the contract, as (location, message)."""
    return [
        problem
        for i, one in enumerate(mapping.inputs)
        for j, table in enumerate(one.tables)
        for problem in _table_problems(("inputs", i, "tables", j), table, contract)
    ]


def _table_problems(
    place: tuple[int | str, ...], mapped: TableMapping, contract: Contract
) -> Iterator[Problem]:
    table = contract.tables.get(mapped.table)
    if table is None:
        hint = did_you_mean(mapped.table, contract.tables)
        yield (*place, "table"), f"'{mapped.table}' is not a canonical table{hint}"
        return
    for name in _required(table):
        if name not in mapped.columns:
            yield (*place, "table"), f"table '{mapped.table}' needs column '{name}'; map it"
    for name, source in mapped.columns.items():
        where = (*place, "columns", name)
        column = table.columns.get(name)
        if column is None:
            hint = did_you_mean(name, table.columns)
            yield where, f"'{name}' is not a column of '{mapped.table}'{hint}"
        else:
            for message in _source_problems(name, column, source):
                yield where, message


def _required(table: Table) -> list[str]:
    return [name for name, column in table.columns.items() if column.required]


def _source_problems(name: str, column: Column, source: ColumnSource) -> Iterator[str]:
    match source:
        case Constant(constant=value):
            yield from _allowed(name, column, value)
        case Join() if column.type != "string":
            yield f"'{name}' is a {column.type} and cannot be joined; only strings can"
        case FromColumn():
            for meant in (source.values or {}).values():
                yield from _allowed(name, column, meant)
            if source.other_values == "reject" and source.values is None:
                yield f"'{name}' rejects other values but lists none; add 'values'"
            if source.format and column.type not in TIMES:
                yield f"'{name}' is a {column.type}; 'format' is for dates and timestamps"
            if source.time_zone and column.type != "timestamp":
                yield f"'{name}' is a {column.type}; 'time_zone' is for timestamps"
            if source.decimal_mark and column.type not in NUMBERS:
                yield f"'{name}' is a {column.type}; 'decimal_mark' is for numbers"


def _allowed(name: str, column: Column, value: str | None) -> Iterator[str]:
    if value is not None and column.values is not None and value not in column.values:
        known = ", ".join(column.values)
        yield f"'{value}' is not a value of '{name}'; use one of {known}"
