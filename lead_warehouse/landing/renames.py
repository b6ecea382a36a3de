"""A column that is gone and a new one that resembles it: most likely a column renamed."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import yaml

from lead_warehouse.mapping import ColumnSource, FromColumn, Input, Join
from lead_warehouse.nearest import nearest


@dataclass(frozen=True)
class Rename:
    """A proposal, to be confirmed by whoever keeps the mapping.

    Attributes:
        lines: what the mapping says now and should say, for each place that reads the column.
    """

    old: str
    new: str
    lines: tuple[tuple[str, str], ...]

    @property
    def change(self) -> str:
        """The change to make in the mapping, in words."""
        return ", and ".join(f"`{now}` becomes `{then}`" for now, then in self.lines)


def propose_renames(
    one: Input, missing: Collection[str], unmapped: Iterable[str]
) -> tuple[Rename, ...]:
    """Pair columns that the mapping reads and a file lacks with the file's own that nobody maps.

    Each unmapped column is proposed once, for the missing column that it resembles most.
    """
    free = list(unmapped)
    found = []
    for old in missing:
        near = nearest(old, free)
        # Two missing columns may resemble one: it goes to the one that it resembles in turn.
        if near and nearest(near[0], missing) == [old]:
            free.remove(near[0])
            found.append(Rename(old, near[0], tuple(_lines(one, old, near[0]))))
    return tuple(found)


def _lines(one: Input, old: str, new: str) -> Iterator[tuple[str, str]]:
    if one.known_at and one.known_at.column == old:
        yield _said("known_at", one.known_at, old), _said("known_at", one.known_at, new)
    for mapped in one.tables:
        if mapped.when and mapped.when.column == old:
            yield f"when: {{column: {_yaml(old)}}}", f"when: {{column: {_yaml(new)}}}"
        for name, source in mapped.columns.items():
            if isinstance(source, Join):
                if any(isinstance(p, FromColumn) and p.column == old for p in source.join):
                    yield f"{_yaml(old)} in the join of {name}", _yaml(new)
            elif isinstance(source, FromColumn) and source.column == old:
                yield _said(name, source, old), _said(name, source, new)


def _said(name: str, source: ColumnSource, column: str) -> str:
    """A mapping's line; of one with rules, the part that names the column."""
    has_rules = len(source.model_dump(exclude_defaults=True)) > 1
    return f"{name}: " + (f"{{column: {_yaml(column)}, ...}}" if has_rules else _yaml(column))


def _yaml(text: str) -> str:
    """A name as YAML writes it, quoted where it must be."""
    return yaml.safe_dump(text, allow_unicode=True, width=10_000).removesuffix("\n...\n").strip()
