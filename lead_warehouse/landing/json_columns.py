"""The keys of JSON records as columns: where they are, and the SQL that reads them as text."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from lead_warehouse.landing.json_shapes import Path, Shape
from lead_warehouse.landing.parquet_columns import LIST_SEPARATOR, joined_items
from lead_warehouse.sql import identifier, literal

LISTED = "JSON"
"""Type, for the engine, of a key that holds a list in some record."""

Tree = dict[str, "Tree | str"]
"""Key to the engine's type of its value, or to what is in it."""


def clash_of(read: Iterable[str]) -> str | None:
    """Why columns that a mapping reads cannot be told apart in a record, with the remedy."""
    known: dict[str, str] = {}
    names = sorted(read)
    for name in names:
        keys = name.split(".")
        for place in (".".join(keys[:depth]) for depth in range(1, len(keys) + 1)):
            other = known.setdefault(place.casefold(), place)
            if other != place:
                return f"'{other}' and '{place}' differ in case only; map one of them"
            if place != name and place in names:
                return f"'{name}' is read from inside '{place}', which is read too; map one of them"
    return None


def problem_of(shape: Shape, read: Iterable[str], lists: Collection[str]) -> str | None:
    """Why a record of that shape cannot be read by a mapping that reads some names.

    Args:
        lists: names that may hold a list.
    """
    if shape.problem:
        return shape.problem
    held = {".".join(path): content for path, content in shape.contents.items()}
    for name in sorted(read):
        if held.get(name) == "object":
            return f"an object in '{name}', which is read as one value; map a key of it"
        if held.get(name) == "other":
            return f"a list in '{name}' holds more than plain values"
        if held.get(name) == "list" and name not in lists:
            return f"a list in '{name}', which is read as one value"
        keys = name.split(".")
        for above in (".".join(keys[:depth]) for depth in range(1, len(keys))):
            if name not in held and held.get(above, "null") not in ("null", "object"):
                return f"'{above}' is no object, and '{name}' is read from it"
    return None


@dataclass
class JsonColumns:
    """Where the names that a mapping reads are in some records.

    Attributes:
        paths: of each name met, where it was; a key may hold a point itself.
        listed: paths that hold a list in some record.
        keys: outermost keys of all records.
    """

    paths: dict[str, set[Path]] = field(default_factory=dict)
    listed: set[Path] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    def meet(self, shape: Shape, read: Iterable[str]) -> None:
        """Take note of what records of a shape hold."""
        for path, content in shape.contents.items():
            self.keys.add(path[0])
            name = ".".join(path)
            if name in read:
                self.paths.setdefault(name, set()).add(path)
                if content == "list":
                    self.listed.add(path)

    def free_key(self, wanted: str) -> str:
        """A key that no record has."""
        taken = {key.casefold() for key in self.keys}
        while wanted.casefold() in taken:
            wanted += "_"
        return wanted

    def types(self, line_key: str) -> str:
        """SQL of the columns, key to type, of the records with their line number."""
        tree: Tree = {}
        for path in sorted({path for paths in self.paths.values() for path in paths}):
            place = tree
            for key in path[:-1]:
                inner = place.setdefault(key, {})
                assert isinstance(inner, dict)
                place = inner
            place[path[-1]] = LISTED if path in self.listed else "VARCHAR"
        columns = {line_key: "BIGINT"} | {key: _type(inner) for key, inner in tree.items()}
        return ", ".join(f"{literal(key)}: {literal(kind)}" for key, kind in columns.items())

    def text_of(self, name: str) -> str:
        """SQL of the text of a name; null where a record does not have it."""
        texts = [self._text(path) for path in sorted(self.paths.get(name, ()))]
        return f"coalesce({', '.join(texts)})" if texts else "cast(null as varchar)"

    def problems(self) -> list[tuple[str, str]]:
        """(condition, reason) pairs for records whose text would not be what they hold."""
        has_mark = f"lambda item: contains(item, {literal(LIST_SEPARATOR)})"
        return [
            (
                f"len(list_filter({_items(_place(path))}, {has_mark})) > 0",
                f"an item of the list in '{'.'.join(path)}' holds a semicolon",
            )
            for path in sorted(self.listed)
        ]

    def _text(self, path: Path) -> str:
        place = _place(path)
        if path not in self.listed:
            return place
        joined = joined_items(_items(place))
        return f"case when json_type({place}) = 'ARRAY' then {joined} else {place} ->> '$' end"


def _items(place: str) -> str:
    """SQL of the items of a list; null for what is none."""
    return f"""from_json(case when json_type({place}) = 'ARRAY' then {place} end, '["VARCHAR"]')"""


def _place(path: Path) -> str:
    place = identifier(path[0])
    for key in path[1:]:
        place = f"struct_extract({place}, {literal(key)})"
    return place


def _type(inner: Tree | str) -> str:
    if isinstance(inner, str):
        return inner
    fields = ", ".join(f"{identifier(key)} {_type(one)}" for key, one in inner.items())
    return f"STRUCT({fields})"
