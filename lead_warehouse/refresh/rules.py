"""The rules in force: the project's seeds, replaced file by file by a company's own."""

import csv
import hashlib
import shutil
from pathlib import Path

from lead_warehouse.errors import UserError
from lead_warehouse.nearest import did_you_mean

RULES = "rules"


def compose_seeds(seeds: Path, rules_dir: Path | None, target: Path) -> None:
    """Write the seeds of a run into ``target``: ``seeds``, with the CSVs of ``rules_dir`` on top.

    Raises:
        UserError: the folder is missing, or a file in it replaces no rule or has other columns.
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
    found = sorted(path for path in rules_dir.iterdir() if path.suffix == ".csv")
    for path in found:
        if path.name not in known:
            hint = did_you_mean(path.name, known)
            raise UserError(f"{path} replaces no rule of {defaults}{hint}")
        expected, given = _columns(known[path.name]), _columns(path)
        if given != expected:
            raise UserError(
                f"{path}:1: columns must be {','.join(expected)}, not {','.join(given)}"
            )
    return found


def rules_digest(seeds: Path) -> str:
    """Digest of the rule files in ``seeds/rules``."""
    digest = hashlib.sha256()
    for path in sorted((seeds / RULES).glob("*.csv")):
        digest.update(f"{path.name}\n".encode() + path.read_bytes() + b"\n")
    return digest.hexdigest()


def _columns(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return next(csv.reader(file), [])
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8; save it as UTF-8") from None
