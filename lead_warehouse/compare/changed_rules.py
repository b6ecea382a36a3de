"""What of a generation other rules change: which seeds, and so which models to build again."""

import filecmp
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from lead_warehouse.refresh.kept_tables import BuiltWhole
from lead_warehouse.rules.declared import Declared, read_declared
from lead_warehouse.rules.files import REFERENCE, RULES
from lead_warehouse.sql import identifier, literal

LOGIC = ("models", "macros")


def changed_seeds(connection: duckdb.DuckDBPyConnection, seeds: Path) -> list[str]:
    """Seeds whose rows are others in ``seeds`` than in the warehouse, or are not there."""
    declared = {
        name: (folder / f"{name}.csv", one)
        for folder in (seeds / RULES, seeds / REFERENCE)
        for name, one in read_declared(folder).items()
    }
    return [name for name, (path, one) in declared.items() if _differs(connection, name, path, one)]


def _differs(
    connection: duckdb.DuckDBPyConnection, name: str, path: Path, declared: Declared
) -> bool:
    columns = ", ".join(
        f"cast({identifier(column)} as {spec.kind}) as {identifier(column)}"
        for column, spec in declared.columns.items()
    )
    given = (
        f"select {columns} from read_csv({literal(str(path))}, header = true, all_varchar = true)"
    )
    there = f"select {', '.join(map(identifier, declared.columns))} from seeds.{identifier(name)}"
    try:
        found = connection.execute(
            f"select exists (({given}) except all ({there})) "
            f"or exists (({there}) except all ({given}))"
        ).fetchone()
    except duckdb.CatalogException:
        return True  # a seed, or a column of it, that the warehouse does not have
    except duckdb.BinderException:
        return True
    return bool(found and found[0])


def same_logic(built: Path, project: Path) -> bool:
    """Whether two dbt projects have the same models and macros, to the byte."""
    for part in LOGIC:
        ours, theirs = _sql(project / part), _sql(built / part)
        if ours != theirs:
            return False
        _, differing, missing = filecmp.cmpfiles(built / part, project / part, ours, shallow=False)
        if differing or missing:
            return False
    return True


def _sql(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.sql"))


def selection(
    seeds: Iterable[str], whole: Iterable[BuiltWhole], needed: Sequence[str]
) -> list[str]:
    """What dbt is to build: of all that the needed models follow from, what the change touches."""
    touched = [*seeds, *(one.table for one in whole)]
    return [f"{one}+,+{name}" for one in touched for name in needed]
