"""Operators of fit criteria: the attributes they suit, the operands they read, what these allow."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from unicodedata import combining, normalize

from lead_warehouse.rules.cells import kind_of
from lead_warehouse.rules.problems import quoted, remedy

Value = str | Decimal | bool
Takes = Literal["nothing", "one", "many", "number", "range", "regions"]


@dataclass(frozen=True)
class Operator:
    """The types of attribute an operator suits, and the form of its operand."""

    value_types: frozenset[str]
    takes: Takes


def _suits(*value_types: str, takes: Takes) -> Operator:
    return Operator(frozenset(value_types), takes)


OPERATORS = {
    "equals": _suits("text", "country", "number", takes="one"),
    "in": _suits("text", "country", "number", takes="many"),
    "not_in": _suits("text", "country", "number", takes="many"),
    "starts_with": _suits("text", takes="many"),
    "contains": _suits("text", takes="many"),
    "between": _suits("number", takes="range"),
    "at_least": _suits("number", takes="number"),
    "at_most": _suits("number", takes="number"),
    "contains_any": _suits("list", takes="many"),
    "contains_all": _suits("list", takes="many"),
    "in_region": _suits("country", takes="regions"),
    "is_true": _suits("boolean", takes="nothing"),
    "is_false": _suits("boolean", takes="nothing"),
}


@dataclass(frozen=True)
class Allowed:
    """Values an attribute may have while a criterion holds; nothing told means any."""

    low: Decimal | None = None
    high: Decimal | None = None
    only: frozenset[Value] | None = None
    never: frozenset[Value] = frozenset()

    def and_(self, other: "Allowed") -> "Allowed":
        """Values that both allow."""
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        lists = [only for only in (self.only, other.only) if only is not None]
        return Allowed(
            max(lows, default=None),
            min(highs, default=None),
            frozenset.intersection(*lists) if lists else None,
            self.never | other.never,
        )

    @property
    def is_nothing(self) -> bool:
        """Whether no value is left."""
        if self.only is not None:
            return not any(self._holds(value) for value in self.only - self.never)
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and self.low in self.never)

    def _holds(self, value: Value) -> bool:
        if not isinstance(value, Decimal):
            return True
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


def read_operand(
    name: str, value_type: str, operand: str | None, regions: Mapping[str, frozenset[str]] | None
) -> Allowed:
    """What the operator ``name`` with its operand allows an attribute to be.

    Args:
        regions: countries by region; None when they cannot be read, then any name passes.

    Raises:
        ValueError: the operand cannot be read; the message says how to write it.
    """
    takes = OPERATORS[name].takes
    if takes == "nothing":
        if operand is not None:
            raise ValueError(f"operand {quoted(operand)} has no use for {name}; leave it empty")
        return Allowed(only=frozenset([name == "is_true"]))
    if operand is None:
        raise ValueError(f"operand is empty; {name} needs one, such as {_EXAMPLES[takes]}")
    if takes == "range":
        return _range(operand)
    if takes == "number":
        number = _number(operand)
        return Allowed(low=number) if name == "at_least" else Allowed(high=number)
    return _listed(name, value_type, _alternatives(name, operand), regions)


_EXAMPLES: dict[Takes, str] = {
    "one": "manufacturing",
    "many": "banking|insurance",
    "number": "2000",
    "range": "50..500",
    "regions": "europe",
}


def _alternatives(name: str, operand: str) -> list[str]:
    """The parts of an operand between bars."""
    parts = operand.split("|")
    if OPERATORS[name].takes == "one" and len(parts) > 1:
        raise ValueError(f"operand {quoted(operand)} has alternatives; use operator 'in'")
    if any(part != part.strip() or not part for part in parts):
        text = "has an empty alternative or blanks around one; write it as a|b"
        raise ValueError(f"operand {quoted(operand)} {text}")
    return parts


def _listed(
    name: str,
    value_type: str,
    parts: list[str],
    regions: Mapping[str, frozenset[str]] | None,
) -> Allowed:
    if name == "in_region":
        return _in_regions(parts, regions)
    values: frozenset[Value]
    if value_type == "number":
        values = frozenset(map(_number, parts))
    elif value_type == "country":
        values = frozenset(map(_country, parts))
    else:
        values = frozenset(map(_compared, parts))
    if name == "not_in":
        return Allowed(never=values)
    return Allowed(only=values) if name in ("equals", "in") else Allowed()


def _compared(text: str) -> str:
    """The text as values are compared: lower case, without accents."""
    return "".join(one for one in normalize("NFD", text.lower()) if not combining(one))


def _in_regions(parts: list[str], regions: Mapping[str, frozenset[str]] | None) -> Allowed:
    if regions is None:
        return Allowed()
    for part in parts:
        if part not in regions:
            raise ValueError(f"operand: region {quoted(part)} is not known{remedy(part, regions)}")
    return Allowed(only=frozenset().union(*(regions[part] for part in parts)))


def _country(text: str) -> str:
    if not re.fullmatch("[A-Z]{2}", text):
        raise ValueError(f"operand: {quoted(text)} is no country; write two capitals such as FR")
    return text


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
