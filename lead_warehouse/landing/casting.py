"""How the text of a cell becomes a canonical value: declared rules, never guesses.

A cast is SQL in two steps, cell to text and text to value, with the conditions under which a row
goes to quarantine instead of quietly holding a null.
"""

from dataclasses import dataclass

from lead_warehouse.contract import Column
from lead_warehouse.mapping import ColumnSource, Constant, FromColumn, Input, Join
from lead_warehouse.sql import identifier, literal, literals

TRUE_WORDS = ["true", "t", "yes", "y", "1"]
FALSE_WORDS = ["false", "f", "no", "n", "0"]
ISO_TIMESTAMP = (
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6}0{0,3})?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?"
)
OFFSET = r" ?(Z|[+-]\d{2}(:?\d{2})?)$"
ISO_KIND = "a timestamp as YYYY-MM-DD hh:mm:ss; declare 'format' if it is written otherwise"

ValueAndKind = tuple[str, str]
"""SQL of a typed value, null where the text is no such value; and what the text must be."""


@dataclass(frozen=True)
class Cast:
    """SQL for one canonical column.

    Attributes:
        name: the canonical column.
        text: over the file's columns: the cell as mapped; null when empty.
        value: over ``text_name``: the typed value.
        is_unlisted: over the file's columns: the cell is not among the values it must be among.
        kind: what the text must be for ``value`` to be known.
        column: the contract of the column; none for a known-at column.
    """

    name: str
    text: str
    value: str
    kind: str
    is_unlisted: str | None = None
    column: Column | None = None

    @property
    def text_name(self) -> str:
        return text_name(self.name)

    @property
    def value_name(self) -> str:
        return identifier(f"value {self.name}")

    @property
    def unlisted_name(self) -> str:
        return identifier(f"unlisted {self.name}")

    def problems(self) -> list[tuple[str, str]]:
        """(condition, reason) pairs; a row for which a condition holds is quarantined."""
        found = [
            (f"{self.text_name} is not null and {self.value_name} is null", f"not {self.kind}")
        ]
        if self.is_unlisted:
            found.append((self.unlisted_name, "not among the mapped values"))
        if self.column and self.column.values:
            allowed = ", ".join(self.column.values)
            condition = f"{self.text_name} not in {literals(self.column.values)}"
            found.append((condition, f"not one of {allowed}"))
        if self.column and self.column.required:
            found.append((f"{self.text_name} is null", "required but empty"))
        return found


def text_name(name: str) -> str:
    """Identifier of the column that holds the text of canonical column ``name``."""
    return identifier(f"text {name}")


def cast_column(name: str, column: Column, source: ColumnSource, one: Input) -> Cast:
    """The cast of a mapped canonical column."""
    is_unlisted = None
    rules = source if isinstance(source, FromColumn) else FromColumn(column="-")
    match source:
        case Constant(constant=constant):
            text = literal(constant)
        case Join(join=parts, separator=separator):
            text = f" || {literal(separator)} || ".join(f"({_part(p, one)})" for p in parts)
        case FromColumn():
            text = mapped_text(source, one)
            if source.values is not None and source.other_values == "reject":
                is_unlisted = f"{cell(source.column, one)} not in {literals(list(source.values))}"
    value, kind = _typed(text_name(name), column, rules, one)
    return Cast(name, text, value, kind, is_unlisted, column)


def cast_known_at(source: FromColumn, one: Input) -> Cast:
    """The cast of an input's known-at column."""
    value, kind = _timestamp(f"trim({text_name('known_at')})", source, one)
    return Cast("known_at", mapped_text(source, one), value, kind)


def cell(column: str, one: Input) -> str:
    """SQL of the text of a file's column, null where the mapping says it is empty."""
    name = identifier(column)
    empty = f"trim({name}) = ''"
    if one.empty_values:
        empty += f" or {name} in {literals(one.empty_values)}"
    return f"case when {empty} then null else {name} end"


def mapped_text(source: FromColumn, one: Input) -> str:
    """SQL of the text of a cell after the value map."""
    raw = cell(source.column, one)
    if not source.values:
        return raw
    branches = " ".join(
        f"when {literal(given)} then {literal(meant)}" for given, meant in source.values.items()
    )
    return f"case {raw} {branches} else {raw} end"


def _part(part: FromColumn | Constant, one: Input) -> str:
    return literal(part.constant) if isinstance(part, Constant) else mapped_text(part, one)


def _typed(text: str, column: Column, rules: FromColumn, one: Input) -> ValueAndKind:
    if column.type == "string":
        return text, "text"
    # Blanks around a number or a date mean nothing; in text they are the source's business.
    text = f"trim({text})"
    match column.type:
        case "boolean":
            return (
                f"case when lower({text}) in {literals(TRUE_WORDS)} then true "
                f"when lower({text}) in {literals(FALSE_WORDS)} then false end",
                "true or false",
            )
        case "date":
            form = rules.format or one.date_format
            return f"cast(try_strptime({text}, {literal(form)}) as date)", f"a date as {form}"
        case "timestamp":
            return _timestamp(text, rules, one)
        case _:
            return _number(text, column, rules.decimal_mark or one.decimal_mark)


def _number(text: str, column: Column, mark: str) -> ValueAndKind:
    if mark != ".":
        # A point where the mark is a comma would group thousands, which nobody declared.
        text = f"replace(replace({text}, '.', '?'), {literal(mark)}, '.')"
    match column.type:
        case "bigint":
            pattern, kind = r"[+-]?\d+(\.0*)?", "an integer"
            text, matched = f"split_part({text}, '.', 1)", text
        case "decimal":
            pattern, matched = r"[+-]?(\d+(\.\d{0,4}0*)?|\.\d{1,4}0*)", text
            kind = f"a number with at most 4 decimals and decimal mark '{mark}'"
        case _:
            pattern, matched = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text
            kind = f"a number with decimal mark '{mark}'"
    return (
        f"case when regexp_full_match({matched}, {literal(pattern)}) "
        f"then try_cast({text} as {column.sql_type}) end",
        kind,
    )


def _timestamp(text: str, rules: FromColumn, one: Input) -> ValueAndKind:
    """An instant in UTC. An explicit offset wins; else the time zone says what the clock showed."""
    form = rules.format or one.timestamp_format
    zone = rules.time_zone or one.time_zone
    if form is not None:
        parsed = f"try_strptime({text}, {literal(form)})"
        return _in_utc(parsed, None if "%z" in form else zone), f"a timestamp as {form}"
    # ISO 8601 also writes Z, +02 and +0200, where the engine wants +02:00.
    offset = f"regexp_extract({text}, {literal(OFFSET)}, 1)"
    clock = f"regexp_replace({text}, {literal(OFFSET)}, '')"
    full_offset = (
        f"case when {offset} = 'Z' then '+00:00' when length({offset}) = 3 then {offset} || ':00' "
        f"when length({offset}) = 5 then left({offset}, 3) || ':' || right({offset}, 2) "
        f"else {offset} end"
    )
    with_offset = _in_utc(f"try_cast({clock} || {full_offset} as timestamptz)", None)
    without = _in_utc(f"try_cast({text} as timestamp)", zone)
    return (
        f"case when not regexp_full_match({text}, {literal(ISO_TIMESTAMP)}) then null "
        f"when {offset} <> '' then {with_offset} else {without} end",
        ISO_KIND,
    )


def _in_utc(parsed: str, zone: str | None) -> str:
    """A parsed instant in UTC; ``zone`` none when the text carried its own offset."""
    if zone is None:
        return f"timezone('UTC', {parsed})"
    return parsed if zone == "UTC" else f"timezone('UTC', timezone({literal(zone)}, {parsed}))"
