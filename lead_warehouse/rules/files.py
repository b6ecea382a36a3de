"""Which files are in force: the project's seeds, replaced file by file by a company's own."""

from dataclasses import dataclass
from pathlib import Path

from lead_warehouse.errors import UserError
from lead_warehouse.rules.declared import Declared
from lead_warehouse.rules.problems import remedy

RULES = "rules"
REFERENCE = "reference"


@dataclass(frozen=True)
class FilesInForce:
    """Rule and reference files by name, and those of the company's own among them.

    Attributes:
        missing: names that are declared without a file.
        strays: files that replace or declare nothing, with what to do about them.
    """

    rules: dict[str, Path]
    reference: dict[str, Path]
    own: list[Path]
    missing: list[Path]
    strays: dict[Path, str]


def files_in_force(
    seeds: Path, rules_dir: Path | None, declared: dict[str, Declared]
) -> FilesInForce:
    """The files of ``seeds``, with those of ``rules_dir`` in place of rules of the same name.

    Raises:
        UserError: there is no such folder.
    """
    if rules_dir is not None and not rules_dir.is_dir():
        raise UserError(f"no folder {rules_dir}; name one that holds rule CSVs with --rules")
    rules = {path.stem: path for path in _csvs(seeds / RULES)}
    reference = {path.stem: path for path in _csvs(seeds / REFERENCE)}
    present = rules | reference
    strays = {
        path: f"is not declared; describe it in _{path.parent.name}__seeds.yml"
        for name, path in present.items()
        if name not in declared
    }
    missing = [
        seeds / one.folder / f"{name}.csv" for name, one in declared.items() if name not in present
    ]
    own = []
    for path in _csvs(rules_dir) if rules_dir else []:
        if rules_dir and not path.resolve().is_relative_to(rules_dir.resolve()):
            strays[path] = f"leads outside {rules_dir}; copy the file there instead"
            continue
        if path.suffix == ".csv" and path.stem in rules:
            own.append(path)
        else:
            hint = remedy(path.name, (default.name for default in rules.values()))
            strays[path] = f"replaces no rule of {seeds / RULES}{hint}"
    replaced = rules | {path.stem: path for path in own}
    return FilesInForce(
        {name: path for name, path in replaced.items() if name in declared},
        {name: path for name, path in reference.items() if name in declared},
        own,
        missing,
        strays,
    )


def _csvs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
