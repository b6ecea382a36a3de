"""What the seeds' YAML declares of each file: columns, types, and what its data tests ask."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from lead_warehouse.yaml_files import parse_yaml

_REFERENCE = re.compile(r"""ref\(\s*['"](\w+)['"]\s*\)""")


@dataclass
class Column:
    """A column and what the data tests ask of each of its cells."""

    kind: str
    is_required: bool = False
    accepted: list[str] | None = None
    refers_to: tuple[str, str] | None = None
    least: Decimal | None = None
    greatest: Decimal | None = None


@dataclass(eq=False)
class Declared:
    """A seed: its folder's name, its columns in order, its keys, its number of rows if told."""

    folder: str
    columns: dict[str, Column]
    keys: list[tuple[str, ...]] = field(default_factory=list)
    row_count: int | None = None


def read_declared(folder: Path) -> dict[str, Declared]:
    """Seed by name, from the YAML files of a folder of seeds."""
    return {
        name: declared
        for properties in sorted(folder.glob("*.yml"))
        for name, declared in _read(folder.name, properties.read_text(encoding="utf-8")).items()
    }


@lru_cache(maxsize=16)  # several rule sets are checked against the same declarations
def _read(folder: str, text: str) -> dict[str, Declared]:
    seeds = parse_yaml(text)["seeds"]
    return {seed["name"]: _declared(folder, seed) for seed in seeds}


def _declared(folder: str, seed: dict[str, Any]) -> Declared:
    types = seed["config"]["column_types"]
    declared = Declared(folder, {name: Column(kind) for name, kind in types.items()})
    for described in seed.get("columns", []):
        column = declared.columns[described["name"]]
        for test, arguments in _tests(described):
            match test:
                case "not_null":
                    column.is_required = True
                case "unique":
                    declared.keys.append((described["name"],))
                case "accepted_values":
                    column.accepted = [str(value) for value in arguments["values"]]
                case "relationships":
                    if reference := _REFERENCE.fullmatch(arguments["to"]):
                        column.refers_to = reference[1], arguments["field"]
                case "in_range":
                    column.least = _limit(arguments.get("min_value"))
                    column.greatest = _limit(arguments.get("max_value"))
    for test, arguments in _tests(seed):
        match test:
            case "unique_combination":
                declared.keys.append(tuple(arguments["columns"]))
            case "row_count_is":
                declared.row_count = arguments["expected"]
    return declared


def _tests(part: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and arguments of each data test of a seed or column."""
    for test in part.get("data_tests", []):
        if isinstance(test, str):
            yield test, {}
        else:
            for name, settings in test.items():
                yield name, settings.get("arguments", settings)


def _limit(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
