"""What a record of JSON is made of: which keys hold cells, lists or neither.

A shape is a record whose values are stand-ins: ``""`` for a text, ``0`` for a number or a truth
value, ``1`` for null. Records of a file have few shapes, so each is looked at once.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NoReturn

Path = tuple[str, ...]
"""Keys from the record down to a value."""

Content = Literal["cell", "null", "list", "object", "other"]

MAX_DEPTH = 100
"""Deeper nesting is malformed: no export has it, and a parser may not survive it."""

NULL = 1
SHAPES_KEPT = 20_000

NOT_JSON = "not JSON"
TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"


class Malformed(Exception):
    """Why a record is none."""


@dataclass(frozen=True)
class Shape:
    """What a record holds at each of its paths; objects on the way to a value are in it too.

    Attributes:
        problem: why it is no record; then it holds nothing.
    """

    contents: dict[Path, Content]
    problem: str | None = None

    @property
    def names(self) -> list[str]:
        """Names of its values, keys joined by points."""
        return [".".join(path) for path, held in self.contents.items() if held != "object"]


class Pairs(list[tuple[str, Any]]):
    """An object as it is written, with every key."""


@lru_cache(SHAPES_KEPT)
def shape_of(text: bytes) -> Shape:
    """The shape that a record of stand-ins has."""
    try:
        return Shape(contents_of(parse(text.decode("utf-8")), null=NULL))
    except Malformed as problem:
        return Shape({}, str(problem))


def parse(text: str, **options: Any) -> Any:
    """A JSON text with objects as ``Pairs``; by RFC 8259, so without NaN and loose commas.

    Raises:
        Malformed: it is no JSON, or nested too deeply.
    """
    try:
        return json.loads(text, object_pairs_hook=Pairs, parse_constant=_refuse, **options)
    except RecursionError:
        raise Malformed(TOO_DEEP) from None
    except ValueError:
        raise Malformed(NOT_JSON) from None


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def contents_of(record: Any, null: object) -> dict[Path, Content]:
    """What a parsed record holds; ``null`` is what stands for null in it.

    Raises:
        Malformed: it is no object, says something twice, or is nested too deeply.
    """
    if not isinstance(record, Pairs):
        raise Malformed("not a JSON object")
    return _contents(record, null, 1)


def _contents(record: Pairs, null: object, depth: int) -> dict[Path, Content]:
    contents: dict[Path, Content] = {}
    names = set()
    for path, held in _walk(record, (), null, depth):
        name = ".".join(path)
        if path in contents or (held != "object" and name in names):
            raise Malformed(f"key '{name}' stands twice")
        contents[path] = held
        if held != "object":
            names.add(name)
    return contents


def _walk(pairs: Pairs, above: Path, null: object, depth: int) -> Iterator[tuple[Path, Content]]:
    if depth > MAX_DEPTH:
        raise Malformed(TOO_DEEP)
    for key, value in pairs:
        path = (*above, key)
        yield path, _content(value, null, depth)
        if isinstance(value, Pairs):
            yield from _walk(value, path, null, depth + 1)


def _content(value: Any, null: object, depth: int) -> Content:
    if isinstance(value, Pairs):
        return "object"
    if isinstance(value, list):
        _check_items(value, null, depth + 1)
        return "other" if any(isinstance(item, list) for item in value) else "list"
    return "null" if value == null else "cell"


def _check_items(items: list[Any], null: object, depth: int) -> None:
    """Objects in lists are no cells, yet they too say nothing twice."""
    if depth > MAX_DEPTH:
        raise Malformed(TOO_DEEP)
    for item in items:
        if isinstance(item, Pairs):
            _contents(item, null, depth + 1)
        elif isinstance(item, list):
            _check_items(item, null, depth + 1)
