"""Hold a well-formed mapping against the canonical tables."""

import re
from collections.abc import Iterator

from lead_warehouse.contract import Column, Contract, Table
from lead_warehouse.contract.model import ColumnType
from lead_warehouse.mapping.schema import (
    ColumnSource,
    Constant,
    FromColumn,
    Input,
    Join,
    Mapping,
    TableMapping,
)
from lead_warehouse.mapping.words import FALSE_WORDS, TRUE_WORDS
from lead_warehouse.nearest import did_you_mean

Problem = tuple[tuple[int | str, ...], str]
TIMES = ("date", "timestamp")
NUMBERS = ("bigint", "double", "decimal")
KNOWN_AT = Column(type="timestamp", description="When a row may be used.")
TEXT = Column(type="string", description="A part of a key.")


_ANY = re.compile(r".*", re.DOTALL)
_FITS: dict[ColumnType, re.Pattern[str]] = {
    "bigint": re.compile(r"[+-]?\d+"),
    "double": re.compile(r"[+-]?[\d.,]*\d[\d.,]*(e[+-]?\d+)?"),
    "decimal": re.compile(r"[+-]?[\d.,]*\d[\d.,]*"),
    "boolean": re.compile("|".join([*TRUE_WORDS, *FALSE_WORDS])),
}


def contract_problems(mapping: Mapping, contract: Contract) -> list[Problem]:
    """Every place where the mapping breaks the contract, as (location, message)."""
    problems: list[Problem] = []
    names: set[str] = set()
    for i, one in enumerate(mapping.inputs):
        if one.name in names:
            message = f"input '{one.name}' is declared twice; give each input its own name"
            problems.append((("inputs", i, "name"), message))
        names.add(one.name)
        if one.known_at:
            where = ("inputs", i, "known_at")
            found = _rule_problems("known_at", KNOWN_AT, one.known_at)
            problems += [(where, message) for message in found]
        problems += _mark_problems(("inputs", i), one)
        for j, table in enumerate(one.tables):
            problems += _table_problems(("inputs", i, "tables", j), table, contract)
    return problems


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
        case Join(join=parts):
            if column.type != "string":
                yield f"'{name}' is a {column.type} and cannot be joined; only strings can"
            for part in parts:
                if isinstance(part, FromColumn):
                    yield from _rule_problems(name, TEXT, part)
        case FromColumn():
            for meant in (source.values or {}).values():
                yield from _allowed(name, column, meant)
            yield from _rule_problems(name, column, source)


def _rule_problems(name: str, column: Column, source: FromColumn) -> Iterator[str]:
    """Rules that would be passed over, because the column is of another type."""
    kind = column.type
    if source.other_values == "reject" and not source.values:
        yield f"'{name}' rejects other values but lists none; add 'values'"
    if source.format and kind not in TIMES:
        yield f"'{name}' is a {kind}; 'format' is for dates and timestamps"
    if source.time_zone and kind != "timestamp":
        yield f"'{name}' is a {kind}; 'time_zone' is for timestamps"
    if source.decimal_mark and kind not in NUMBERS:
        yield f"'{name}' is a {kind}; 'decimal_mark' is for numbers"
    if source.thousands_mark and kind not in NUMBERS:
        yield f"'{name}' is a {kind}; 'thousands_mark' is for numbers"
    for rule in ("list_separator", "list_format"):
        if getattr(source, rule) and not column.is_list:
            yield f"'{name}' holds no list; '{rule}' is for columns of several values"
    if source.list_separator and source.list_format:
        yield f"'{name}' is a list written in one way; keep 'list_separator' or 'list_format'"
    if source.is_list and source.values:
        yield f"'{name}' is a list, whose items are not mapped; remove 'values' or the list's rule"


def _mark_problems(place: tuple[int | str, ...], one: Input) -> Iterator[Problem]:
    """Columns of which one mark would part thousands and decimals."""
    for j, mapped in enumerate(one.tables):
        for name, source in mapped.columns.items():
            if isinstance(source, FromColumn):
                mark = source.thousands_mark or one.thousands_mark
                if mark and mark == (source.decimal_mark or one.decimal_mark):
                    yield (
                        (*place, "tables", j, "columns", name),
                        f"'{mark}' cannot be both decimal_mark and thousands_mark; change one",
                    )


def _allowed(name: str, column: Column, value: str | None) -> Iterator[str]:
    if value is not None and not _FITS.get(column.type, _ANY).fullmatch(value.lower()):
        yield f"'{value}' is no {column.type}, which '{name}' is; write it otherwise"
    if value is not None and column.values is not None and value not in column.values:
        known = ", ".join(column.values)
        yield f"'{value}' is not a value of '{name}'; use one of {known}"
