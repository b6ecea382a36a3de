"""Operators of fit criteria: the attributes they suit, the operands they read, what these allow."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from unicodedata import combining, normalize

from lead_warehouse.rules.cells import kind_of
from lead_warehouse.rules.problems import quoted, remedy
from lead_warehouse.rules.words import normalised

Value = str | Decimal | bool
Takes = Literal["nothing", "one", "many", "words", "number", "count", "range", "regions"]


@dataclass(frozen=True)
class Operator:
    """The types of attribute an operator suits, and the form of its operand."""

    value_types: frozenset[str]
    takes: Takes


def _suits(*value_types: str, takes: Takes) -> Operator:
    return Operator(frozenset(value_types), takes)


ANY_TYPE = ("text", "country", "number", "list", "boolean")
OPERATORS = {
    "equals": _suits("text", "country", "number", takes="one"),
    "not_equals": _suits("text", "country", "number", takes="one"),
    "in": _suits("text", "country", "number", takes="many"),
    "not_in": _suits("text", "country", "number", takes="many"),
    "starts_with": _suits("text", takes="many"),
    "ends_with": _suits("text", takes="many"),
    "contains": _suits("text", takes="many"),
    "not_contains": _suits("text", takes="many"),
    "contains_word": _suits("text", "list", takes="words"),
    "not_contains_word": _suits("text", "list", takes="words"),
    "between": _suits("number", takes="range"),
    "not_between": _suits("number", takes="range"),
    "at_least": _suits("number", takes="number"),
    "at_most": _suits("number", takes="number"),
    "more_than": _suits("number", takes="number"),
    "less_than": _suits("number", takes="number"),
    "contains_any": _suits("list", takes="many"),
    "contains_all": _suits("list", takes="many"),
    "contains_none": _suits("list", takes="many"),
    "has_at_least": _suits("list", takes="count"),
    "in_region": _suits("country", takes="regions"),
    "not_in_region": _suits("country", takes="regions"),
    "is_true": _suits("boolean", takes="nothing"),
    "is_false": _suits("boolean", takes="nothing"),
    "is_known": _suits(*ANY_TYPE, takes="nothing"),
    "is_unknown": _suits(*ANY_TYPE, takes="nothing"),
}
IN_PLACE_OF_ONE = {"equals": "in", "not_equals": "not_in"}
"""What reads alternatives where an operator takes one value."""


@dataclass(frozen=True)
class Allowed:
    """Values an attribute may have while a criterion holds; nothing told means any.

    Args:
        is_known: whether there may be a value, and whether there may be none. Most operators
            leave both: without a value they are unknown, which excludes nobody.
        is_low_out: whether ``low`` itself is not allowed; ``is_high_out`` likewise.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    only: frozenset[Value] | None = None
    never: frozenset[Value] = frozenset()
    is_known: frozenset[bool] = frozenset([True, False])
    is_low_out: bool = False
    is_high_out: bool = False

    def and_(self, other: "Allowed") -> "Allowed":
        """Values that both allow."""
        lists = [only for only in (self.only, other.only) if only is not None]
        lows = [(one.low, one.is_low_out) for one in (self, other) if one.low is not None]
        highs = [(one.high, not one.is_high_out) for one in (self, other) if one.high is not None]
        low, is_low_out = max(lows) if lows else (None, False)
        high, is_high_in = min(highs) if highs else (None, True)
        return Allowed(
            low,
            high,
            frozenset.intersection(*lists) if lists else None,
            self.never | other.never,
            self.is_known & other.is_known,
            is_low_out,
            not is_high_in,
        )

    @property
    def is_nothing(self) -> bool:
        """Whether no value is left, or neither a value nor none."""
        if not self.is_known:
            return True
        if self.only is not None:
            return not any(self._holds(value) for value in self.only - self.never)
        if self.low is None or self.high is None:
            return False
        is_out = self.low in self.never or self.is_low_out or self.is_high_out
        return self.low > self.high or (self.low == self.high and is_out)

    def _holds(self, value: Value) -> bool:
        if not isinstance(value, Decimal):
            return True
        is_above = self.low is None or value > self.low
        is_below = self.high is None or value < self.high
        return (is_above or (value == self.low and not self.is_low_out)) and (
            is_below or (value == self.high and not self.is_high_out)
        )


@dataclass(frozen=True)
class Places:
    """Countries by region, and codes by the names countries have; None where they cannot be read,
    then any name passes."""

    regions: Mapping[str, frozenset[str]] | None = None
    codes: Mapping[str, str] | None = None


def read_operand(name: str, value_type: str, operand: str | None, places: Places) -> Allowed:
    """What the operator ``name`` with its operand allows an attribute to be.

    Raises:
        ValueError: the operand cannot be read; the message says how to write it.
    """
    takes = OPERATORS[name].takes
    if takes == "nothing":
        if operand is not None:
            raise ValueError(f"operand {quoted(operand)} has no use for {name}; leave it empty")
        return _WITHOUT_OPERAND[name]
    if operand is None:
        raise ValueError(f"operand is empty; {name} needs one, such as {_EXAMPLES[takes]}")
    if takes == "range":
        between = _range(operand)
        return between if name == "between" else Allowed()
    if takes == "number":
        return _bounded(name, _number(operand))
    if takes == "count":
        _count(operand)
        return Allowed()
    if value_type == "list" and ";" in operand:
        text = "has a semicolon, which stands between items and is in none; write it as a|b"
        raise ValueError(f"operand {quoted(operand)} {text}")
    return _listed(name, value_type, _alternatives(name, operand), places)


_WITHOUT_OPERAND = {
    "is_true": Allowed(only=frozenset([True])),
    "is_false": Allowed(only=frozenset([False])),
    "is_known": Allowed(is_known=frozenset([True])),
    "is_unknown": Allowed(is_known=frozenset([False])),
}
_EXAMPLES: dict[Takes, str] = {
    "one": "manufacturing",
    "many": "banking|insurance",
    "words": "buyer|head of it",
    "number": "2000",
    "count": "3",
    "range": "50..500",
    "regions": "europe",
}


def _alternatives(name: str, operand: str) -> list[str]:
    """The parts of an operand between bars."""
    parts = operand.split("|")
    if OPERATORS[name].takes == "one" and len(parts) > 1:
        other = quoted(IN_PLACE_OF_ONE[name])
        raise ValueError(f"operand {quoted(operand)} has alternatives; use operator {other}")
    if any(part != part.strip() or not part for part in parts):
        text = "has an empty alternative or blanks around one; write it as a|b"
        raise ValueError(f"operand {quoted(operand)} {text}")
    if OPERATORS[name].takes == "words":
        for part in parts:
            if not normalised(part):
                text = "has neither letter nor digit, so it is no word; use operator 'contains'"
                raise ValueError(f"operand {quoted(part)} {text}")
    return parts


def _bounded(name: str, number: Decimal) -> Allowed:
    if name in ("at_least", "more_than"):
        return Allowed(low=number, is_low_out=name == "more_than")
    return Allowed(high=number, is_high_out=name == "less_than")


def _listed(name: str, value_type: str, parts: list[str], places: Places) -> Allowed:
    if OPERATORS[name].takes == "regions":
        countries = _in_regions(parts, places.regions)
        if countries is None:
            return Allowed()
        return Allowed(only=countries) if name == "in_region" else Allowed(never=countries)
    values: frozenset[Value]
    if value_type == "number":
        values = frozenset(map(_number, parts))
    elif value_type == "country":
        values = frozenset(_country(part, places.codes) for part in parts)
    else:
        values = frozenset(map(_compared, parts))
    if name in ("not_equals", "not_in"):
        return Allowed(never=values)
    return Allowed(only=values) if name in ("equals", "in") else Allowed()


def _compared(text: str) -> str:
    """The text as values are compared: lower case, without accents."""
    return "".join(one for one in normalize("NFD", text.lower()) if not combining(one))


def _in_regions(
    parts: list[str], regions: Mapping[str, frozenset[str]] | None
) -> frozenset[str] | None:
    if regions is None:
        return None
    for part in parts:
        if part not in regions:
            raise ValueError(f"operand: region {quoted(part)} is not known{remedy(part, regions)}")
    return frozenset().union(*(regions[part] for part in parts))


def _country(text: str, codes: Mapping[str, str] | None) -> str:
    """The code, which must be the one that names of the country are turned into."""
    code = text if codes is None else codes.get(normalised(text))
    if code != text or not re.fullmatch("[A-Z]{2}", text):
        is_told = code is not None and re.fullmatch("[A-Z]{2}", code)
        advice = f"write {code}" if is_told else "write two capitals such as FR"
        raise ValueError(f"operand: {quoted(text)} is no country code; {advice}")
    return text


def _count(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,3}", text):
        raise ValueError(f"operand {quoted(text)} is no number of items; write one such as 3")
    return int(text)


def _number(text: str) -> Decimal:
    kind = kind_of("decimal(18, 6)")
    number: Decimal | None = kind.read(text)
    if number is None:
        raise ValueError(f"operand {quoted(text)} is not {kind.words}")
    return number


def _range(text: str) -> Allowed:
    low, mark, high = text.partition("..")
    if not (mark and low and high):
        raise ValueError(f"operand {quoted(text)} is no range; write it as 50..500")
    found = Allowed(low=_number(low), high=_number(high))
    if found.is_nothing:
        raise ValueError(f"operand {quoted(text)} is empty; write the lower number first")
    return found
