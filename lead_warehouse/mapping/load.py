"""Read a mapping file and hold it against the contract; every problem with its line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.errors import UserError
from lead_warehouse.mapping.against_contract import contract_problems
from lead_warehouse.mapping.expectations import Age, Completeness, Freshness
from lead_warehouse.mapping.schema import (
    Constant,
    FromColumn,
    Input,
    Join,
    Mapping,
    TableMapping,
    When,
)
from lead_warehouse.nearest import did_you_mean

Location = tuple[int | str, ...]


class _TextLoader(yaml.SafeLoader):
    """Reads every value as the text that was written: NO is Norway, 010 is no eight."""


_TextLoader.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0].endswith(":null")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class MappingError(UserError):
    """A mapping that cannot be used; one line for each problem.

    Attributes:
        problems: the lines, each ``file:line: what is wrong; remedy``.
    """

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


def load_mapping(path: Path, contract: Contract | None = None) -> Mapping:
    """Read and check a mapping file.

    Raises:
        UserError: the file is missing or not YAML.
        MappingError: it breaks the mapping's form or the contract.
    """
    contract = contract or load_contract()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"no mapping file at {path}; name one with --mapping") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise UserError(f"{path} uses a YAML alias (*name); write the part out")
        node = yaml.compose(text, Loader=_TextLoader)
        document = yaml.load(text, Loader=_TextLoader)
    except yaml.YAMLError as error:
        raise UserError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict):
        raise UserError(f"{path} holds no mapping; start it with 'version: 1' and 'inputs:'")

    if twice := list(_repeated_keys(node)):
        raise MappingError(
            [f"{path}:{line}: '{key}' stands twice; keep one" for line, key in twice]
        )

    try:
        mapping = Mapping.model_validate(document)
    except ValidationError as error:
        found = [(detail["loc"], _say(detail)) for detail in error.errors()]
        raise MappingError(_with_lines(path, node, found)) from None
    problems = contract_problems(mapping, contract)
    if problems:
        raise MappingError(_with_lines(path, node, problems))
    return mapping


def _repeated_keys(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Keys that YAML would overwrite silently, with their lines."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 1, key.value
            seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)


def _with_lines(path: Path, node: yaml.Node | None, found: list[tuple[Location, str]]) -> list[str]:
    lines = [(_line_of(node, location), message) for location, message in found]
    return [f"{path}:{line}: {message}" for line, message in sorted(set(lines))]


def _line_of(node: yaml.Node | None, location: Location) -> int:
    """Line of the deepest part of ``location`` that the file has (union tags are passed over)."""
    line = node.start_mark.line + 1 if node else 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    node, line = value, key.start_mark.line + 1
                    break
        elif isinstance(node, yaml.SequenceNode) and step in range(len(node.value)):
            node = node.value[int(step)]
            line = node.start_mark.line + 1
    return line


_ALLOWED_KEYS = {
    field
    for model in (
        *(Mapping, Input, TableMapping, FromColumn, Constant, Join, When),
        *(Completeness, Freshness, Age),
    )
    for field in model.model_fields
}


def _say(detail: ErrorDetails) -> str:
    """A pydantic error in the words of a mapping file."""
    place = ".".join(str(step) for step in detail["loc"])
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    given: Any = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f"'{last}' is not a setting here{did_you_mean(last, _ALLOWED_KEYS - {last})}"
        case "missing":
            return f"'{last}' is missing; add it"
        case "value_error":
            return str(detail["ctx"]["error"])
        case "model_type" | "model_attributes_type":
            return f"'{last.strip('<>')}' must name a column or say {{column: ...}}, not {given!r}"
        case "literal_error":
            return f"'{last}' must be {detail['ctx']['expected']}, not {given!r}"
        case _:
            return f"'{place}': {detail['msg'].lower()}, not {given!r}"
