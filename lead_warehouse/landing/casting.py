"""How the text of a cell becomes a canonical value: declared rules, never guesses.

A cast is SQL in two steps, cell to text and text to value, with the conditions under which a row
goes to quarantine instead of quietly holding a null.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lead_warehouse.contract import Column
from lead_warehouse.landing.given import find_given, within_reach
from lead_warehouse.landing.list_cells import is_empty_list, list_of
from lead_warehouse.landing.local_times import (
    WrittenTime,
    parsed_time,
    was_shown_twice,
    was_skipped,
    written_time,
)
from lead_warehouse.landing.notation import Kind, Notation, notation
from lead_warehouse.mapping import ColumnSource, Constant, FromColumn, Input, Join
from lead_warehouse.mapping.words import FALSE_WORDS, TRUE_WORDS
from lead_warehouse.sql import identifier, literal, literals

BLANKS = "".join(chr(point) for point in range(0x3001) if chr(point).isspace())
"""Everything that shows as nothing, the no-break space of many an export included."""

ASCII_BLANKS = "".join(blank for blank in BLANKS if blank.isascii())

INK = "'!' and '~'"
"""Bounds of text that starts with no blank. Trimming so many kinds takes ten times as long as all
else that is done to a cell, and hardly any cell needs it."""

ValueAndKind = tuple[str, str]
"""SQL of a typed value, null where the text is no such value; and what the text must be."""

Kinds = Mapping[str, Kind]
"""What a file says of its columns' types; a column that is not named is text."""

NO_KINDS: Kinds = {}


@dataclass(frozen=True)
class Cast:
    """SQL for one canonical column.

    Attributes:
        name: the canonical column.
        text: over the file's columns: the cell as mapped; null when empty.
        value: over ``text_name``: the typed value.
        is_unlisted: over the file's columns: the cell is not among the values it must be among.
        given: over the file's columns: the cell as the file's own type has it, where that type is
            the canonical one; ``text`` then only words what is wrong.
        kind: what the text must be for ``value`` to be known.
        column: the contract of the column; none for a known-at column.
        time: the cell as a local time; none where no clock decides what it means.
    """

    name: str
    text: str
    value: str
    kind: str
    is_unlisted: str | None = None
    column: Column | None = None
    given: str | None = None
    time: WrittenTime | None = None

    @property
    def given_name(self) -> str:
        return given_name(self.name)

    @property
    def is_empty(self) -> str:
        """SQL of whether the cell holds nothing."""
        return f"{self.given_name if self.given else self.text_name} is null"

    @property
    def text_name(self) -> str:
        return text_name(self.name)

    @property
    def value_name(self) -> str:
        return identifier(f"value {self.name}")

    @property
    def unlisted_name(self) -> str:
        return identifier(f"unlisted {self.name}")

    @property
    def skipped_name(self) -> str:
        return identifier(f"skipped {self.name}")

    @property
    def ambiguous_name(self) -> str:
        return identifier(f"ambiguous {self.name}")

    def flags(self) -> list[str]:
        """SQL, over ``value_name``, of what the clock of a time zone says of a local time."""
        if self.time is None:
            return []
        return [
            f"{was_skipped(self.time, self.value_name)} as {self.skipped_name}",
            f"{was_shown_twice(self.time, self.value_name)} as {self.ambiguous_name}",
        ]

    def problems(self) -> list[tuple[str, str]]:
        """(condition, reason) pairs; a row for which a condition holds is quarantined."""
        found = []
        if self.value != self.text_name:
            found.append(
                (f"not ({self.is_empty}) and {self.value_name} is null", f"not {self.kind}")
            )
        if self.time is not None:
            reason = (
                f"a time that the clock skipped in {self.time.zone}; declare the time_zone that "
                "it is written in"
            )
            found.append((self.skipped_name, reason))
        if self.is_unlisted:
            found.append((self.unlisted_name, "not among the mapped values"))
        if self.column and self.column.values:
            allowed = ", ".join(self.column.values)
            condition = f"{self.text_name} not in {literals(self.column.values)}"
            found.append((condition, f"not one of {allowed}"))
        if self.column and self.column.required:
            found.append((self.is_empty, "required but empty"))
        return found


def given_name(name: str) -> str:
    """Identifier of the column that holds canonical column ``name`` as its file has it."""
    return identifier(f"given {name}")


def text_name(name: str) -> str:
    """Identifier of the column that holds the text of canonical column ``name``."""
    return identifier(f"text {name}")


def cast_column(
    name: str, column: Column, source: ColumnSource, one: Input, kinds: Kinds = NO_KINDS
) -> Cast:
    """The cast of a mapped canonical column."""
    parts: list[FromColumn | Constant] = []
    written = notation(FromColumn(column="-"), one)
    match source:
        case Constant(constant=constant):
            text = literal(constant)
        case Join(join=parts, separator=separator):
            texts = (f"({_part(part, one, kinds)})" for part in parts)
            text = f" || {literal(separator)} || ".join(texts)
        case FromColumn():
            text, parts = mapped_text(source, one, kinds), [source]
            written = notation(source, one, kinds.get(source.column, "text"))
    is_unlisted = _is_unlisted(parts, one, kinds)
    if name.endswith("_id"):
        # Blanks around an identifier would part records that belong together.
        text = _trimmed(text)
        if isinstance(source, FromColumn) and not (source.values or written.empty_values):
            raw = identifier(source.column)
            text = f"case when {_is_trim(raw)} then {raw} else {text} end"
    if isinstance(source, FromColumn):
        file_kind = kinds.get(source.column, "text")
        given = find_given(source, column, file_kind, written.time_zone)
        if given:
            kind = _kind(text_name(name), column, written)
            value = within_reach(given_name(name), column)
            return Cast(name, text, value, kind, is_unlisted, column, given)
    if column.type == "timestamp":
        time = written_time(_trimmed(text_name(name)), written)
        return _timed(Cast(name, text, time.value, time.kind, is_unlisted, column), time)
    if isinstance(source, FromColumn) and source.is_list and _is_text(source, kinds):
        text = f"case when not coalesce({is_empty_list(text, source)}, false) then {text} end"
        value, kind = list_of(text_name(name), source)
    else:
        value, kind = _typed(text_name(name), column, written)
    return Cast(name, text, value, kind, is_unlisted, column)


def _kind(text: str, column: Column, written: Notation) -> str:
    """What the text of a cell must be."""
    if column.type == "timestamp":
        return written_time(text, written).kind
    return _typed(text, column, written)[1]


def _is_text(source: FromColumn, kinds: Kinds) -> bool:
    """Whether rules for writing hold: a typed column is written in one way."""
    return kinds.get(source.column, "text") == "text"


def _timed(cast: Cast, time: WrittenTime) -> Cast:
    return replace(cast, time=time) if time.zone else cast


def cast_known_at(source: FromColumn, one: Input, kinds: Kinds = NO_KINDS) -> Cast:
    """The cast of an input's known-at column."""
    written = notation(source, one, kinds.get(source.column, "text"))
    time = written_time(_trimmed(text_name("known_at")), written)
    is_unlisted = _is_unlisted([source], one, kinds)
    text = mapped_text(source, one, kinds)
    return _timed(Cast("known_at", text, time.value, time.kind, is_unlisted), time)


def cell(column: str, one: Input, kinds: Kinds = NO_KINDS) -> str:
    """SQL of the text of a file's column, null where the mapping says it is empty."""
    name = identifier(column)
    written = notation(FromColumn(column=column), one, kinds.get(column, "text"))
    empty_values = (
        f"when {name} in {literals(written.empty_values)} then null "
        if written.empty_values
        else ""
    )
    return (
        f"case {empty_values}when {name} between {INK} then {name} "
        f"when trim({name}, {literal(BLANKS)}) = '' then null else {name} end"
    )


def mapped_text(source: FromColumn, one: Input, kinds: Kinds = NO_KINDS) -> str:
    """SQL of the text of a cell after the value map."""
    raw = cell(source.column, one, kinds)
    if not source.values:
        return raw
    branches = " ".join(
        f"when {literal(given)} then {literal(meant or None)}"
        for given, meant in source.values.items()
    )
    return f"case {raw} {branches} else {raw} end"


def _is_unlisted(parts: Sequence[FromColumn | Constant], one: Input, kinds: Kinds) -> str | None:
    """SQL of whether a cell is none of the values that its map lists and must list."""
    conditions = [
        f"{cell(part.column, one, kinds)} not in {literals(list(part.values))}"
        for part in parts
        if isinstance(part, FromColumn) and part.values and part.other_values == "reject"
    ]
    return " or ".join(conditions) or None


def _trimmed(text: str) -> str:
    return f"case when {_is_trim(text)} then {text} else trim({text}, {literal(BLANKS)}) end"


def _is_trim(text: str) -> str:
    # Of the last letter only what it is not: to take it out would be half of what a cell costs.
    ends_blank = " or ".join(f"suffix({text}, chr({ord(blank)}))" for blank in ASCII_BLANKS)
    is_ascii = f"strlen({text}) = length({text})"
    return f"{text} between {INK} and {is_ascii} and not ({ends_blank})"


def _part(part: FromColumn | Constant, one: Input, kinds: Kinds) -> str:
    return literal(part.constant) if isinstance(part, Constant) else mapped_text(part, one, kinds)


def _typed(text: str, column: Column, written: Notation) -> ValueAndKind:
    if column.type == "string":
        return text, "text"
    # Blanks around a number or a date mean nothing; in text they are the source's business.
    text = _trimmed(text)
    match column.type:
        case "boolean":
            return (
                f"case when lower({text}) in {literals(TRUE_WORDS)} then true "
                f"when lower({text}) in {literals(FALSE_WORDS)} then false end",
                "true or false",
            )
        case "date":
            form = written.date_format
            return f"cast({parsed_time(text, form)} as date)", f"a date as {form}"
        case _:
            return _number(text, column, written)


def _number(text: str, column: Column, written: Notation) -> ValueAndKind:
    mark, thousands = written.decimal_mark, written.thousands_mark
    if thousands:
        text = _without_thousands(text, mark, thousands)
    if mark != ".":
        # A point where the mark is a comma would group thousands, which nobody declared.
        text = f"replace(replace({text}, '.', '?'), {literal(mark)}, '.')"
    grouped = f", thousands by '{thousands}'" if thousands else ""
    match column.type:
        case "bigint":
            pattern, kind = r"[+-]?\d+(\.0*)?", f"an integer{grouped}"
            text, matched = f"split_part({text}, '.', 1)", text
        case "decimal":
            pattern, matched = r"[+-]?(\d+(\.\d{0,4}0*)?|\.\d{1,4}0*)", text
            kind = f"a number with at most 4 decimals and decimal mark '{mark}'{grouped}"
        case _:
            pattern, matched = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text
            kind = f"a number with decimal mark '{mark}'{grouped}"
    value = f"try_cast({text} as {column.sql_type})"
    condition = f"regexp_full_match({matched}, {literal(pattern)})"
    if column.type == "double":
        condition += f" and isfinite({value})"
    return f"case when {condition} then {value} end", kind


def _without_thousands(text: str, mark: str, thousands: str) -> str:
    """A number without its marks of thousands; one that is grouped otherwise stays as it is."""
    point = f"[{mark}]"
    # French exports part thousands by a blank that does not break, of one width or another.
    group = "[ \u00a0\u202f]" if thousands == " " else f"[{thousands}]"
    grouped = rf"[+-]?\d{{1,3}}({group}\d{{3}})+({point}\d*)?"
    return (
        f"case when regexp_full_match({text}, {literal(grouped)}) "
        f"then regexp_replace({text}, {literal(group)}, '', 'g') else {text} end"
    )
