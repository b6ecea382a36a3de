"""The rules in force: the project's seeds, replaced file by file by a company's own."""

import csv
import hashlib
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

import yaml

from lead_warehouse.errors import UserError
from lead_warehouse.nearest import did_you_mean

RULES = "rules"


def compose_seeds(seeds: Path, rules_dir: Path | None, target: Path) -> None:
    """Write the seeds of a run into ``target``: ``seeds``, with the CSVs of ``rules_dir`` on top.

    Raises:
        UserError: the folder is missing, or a file in it replaces no rule, or a row of it does not
            fit the declared columns and types.
    """
    replacements = own_rules(seeds / RULES, rules_dir)
    shutil.copytree(seeds, target)
    for path in replacements:
        shutil.copyfile(path, target / RULES / path.name)


def own_rules(defaults: Path, rules_dir: Path | None) -> list[Path]:
    """A company's rule files, each checked to replace a default one column by column.

    Raises:
        UserError: as for ``compose_seeds``.
    """
    if rules_dir is None:
        return []
    if not rules_dir.is_dir():
        raise UserError(f"no folder {rules_dir}; name one that holds rule CSVs with --rules")
    known = {path.name: path for path in defaults.glob("*.csv")}
    found = sorted(path for path in rules_dir.iterdir() if path.suffix.lower() == ".csv")
    for path in found:
        if path.name not in known:
            hint = did_you_mean(path.name, known)
            raise UserError(f"{path} replaces no rule of {defaults}{hint}")
        _check_cells(path, declared_types(defaults)[path.stem])
    return found


def declared_types(rules: Path) -> dict[str, dict[str, str]]:
    """Rule to column to SQL type, as the seeds' YAML declares them."""
    return {
        seed["name"]: seed["config"]["column_types"]
        for properties in rules.glob("*.yml")
        for seed in yaml.safe_load(properties.read_text(encoding="utf-8"))["seeds"]
    }


def _check_cells(path: Path, types: dict[str, str]) -> None:
    """Raise for the first row that does not fit the declared columns and types."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            if header != list(types):
                expected, given = ",".join(types), ",".join(header)
                raise UserError(f"{path}:1: columns must be {expected}, not {given}")
            for row in filter(None, reader):
                if len(row) != len(types):
                    counts = f"{len(row)} values for {len(types)} columns"
                    raise UserError(f"{path}:{reader.line_num}: {counts}")
                for (column, kind), cell in zip(types.items(), row, strict=True):
                    if cell not in _ALLOWED.get((path.stem, column), {cell}):
                        raise UserError(
                            f"{path}:{reader.line_num}: {column} '{cell}' is not known"
                            f"{did_you_mean(cell, _ALLOWED[path.stem, column])}"
                        )
                    if cell and not _READABLE[kind](cell):
                        raise UserError(
                            f"{path}:{reader.line_num}: {column} '{cell}' is not {_WORDS[kind]}"
                        )
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8; save it as UTF-8") from None


def _is_date(cell: str) -> bool:
    try:
        return date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


_ALLOWED = {("reporting", "time_zone"): available_timezones()}


_READABLE: dict[str, Callable[[str], object]] = {
    "varchar": lambda cell: True,
    "integer": re.compile(r"-?\d{1,9}").fullmatch,
    "boolean": re.compile("true|false").fullmatch,
    "date": _is_date,
}
_WORDS = {
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "a date such as 2026-01-31",
}


def rules_digest(seeds: Path) -> str:
    """Digest of the rule files in ``seeds/rules``."""
    digest = hashlib.sha256()
    for path in sorted((seeds / RULES).glob("*.csv")):
        digest.update(f"{path.name}\n".encode() + path.read_bytes() + b"\n")
    return digest.hexdigest()
