"""Check the rules in force: can they be read, do they keep what is declared, do they make sense."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lead_warehouse.rules.accounts import account_problems
from lead_warehouse.rules.calibration import calibration_problems
from lead_warehouse.rules.cells import Table, read_table
from lead_warehouse.rules.declarations import row_problems, value_problems
from lead_warehouse.rules.declared import read_declared
from lead_warehouse.rules.discovery import discovery_problems
from lead_warehouse.rules.files import REFERENCE, RULES, FilesInForce, files_in_force
from lead_warehouse.rules.fit import fit_problems
from lead_warehouse.rules.identity import identity_problems
from lead_warehouse.rules.intent import grade_problems, intent_problems
from lead_warehouse.rules.law import law_problems
from lead_warehouse.rules.lifecycle import lifecycle_problems
from lead_warehouse.rules.money import money_problems
from lead_warehouse.rules.operations import operations_problems
from lead_warehouse.rules.problems import Problem, RulesError
from lead_warehouse.rules.rows import RuleSet
from lead_warehouse.rules.sources import source_problems, target_problems
from lead_warehouse.rules.traffic import (
    negative_group_problems,
    pattern_problems,
    traffic_problems,
)
from lead_warehouse.rules.words import word_problems


@dataclass(frozen=True)
class CheckedRules:
    """Rules found good: their files, and how many rows these hold."""

    files: FilesInForce
    rule_count: int


def check_rules(seeds: Path, rules_dir: Path | None = None) -> CheckedRules:
    """Check the rules of ``seeds``, with the CSVs of ``rules_dir`` in place of theirs.

    Raises:
        UserError: there is no folder ``rules_dir``.
        RulesError: a file replaces no rule, or rules are wrong; every problem is told.
    """
    seeds = _from_here(seeds)
    declared = read_declared(seeds / RULES) | read_declared(seeds / REFERENCE)
    files = files_in_force(seeds, rules_dir, declared)
    paths = files.reference | files.rules
    tables = {name: read_table(name, path, declared[name]) for name, path in paths.items()}
    problems = [
        *(f"{path}:1: {text}" for path, text in files.strays.items()),
        *(f"{path}:1: there is no such file; restore it" for path in files.missing),
        *_in_order(_problems(tables), paths),
    ]
    if problems:
        raise RulesError(problems)
    return CheckedRules(files, sum(len(tables[name].lines) for name in files.rules))


def _from_here(folder: Path) -> Path:
    """The folder as someone who works in the project would name it."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _problems(tables: Mapping[str, Table]) -> Iterator[Problem]:
    values = [one for table in tables.values() for one in value_problems(table, tables)]
    yield from values
    for table in tables.values():
        yield from table.problems
        yield from row_problems(table)
    rules = RuleSet(tables, doubtful={one.table for one in values})
    for family in (
        fit_problems,
        intent_problems,
        negative_group_problems,
        pattern_problems,
        traffic_problems,
        grade_problems,
        identity_problems,
        lifecycle_problems,
        word_problems,
        account_problems,
        operations_problems,
        discovery_problems,
        law_problems,
        source_problems,
        target_problems,
        money_problems,
        calibration_problems,
    ):
        yield from family(rules)


def _in_order(problems: Iterator[Problem], paths: Mapping[str, Path]) -> list[str]:
    """Lines for people: by file and line, none of them twice."""
    return [f"{paths[one.table]}:{one.line}: {one.text}" for one in sorted(set(problems))]
