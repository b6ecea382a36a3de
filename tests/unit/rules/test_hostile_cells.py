"""Hostile text in any cell of any rule: refused, or loaded as it is written."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, Template

from lead_warehouse import PROJECT_DIR
from lead_warehouse.rules.declared import Declared, read_declared
from lead_warehouse.sql import identifier
from tests.changed_rules import ChangedRules

DECLARED = read_declared(PROJECT_DIR / "seeds" / "rules")
HOSTILE = (
    "'); drop table x; --",
    '"; drop table x; --',
    "'quoted'",
    '"quoted"',
    "''",
    '""',
    "it's",
    "l'achat; l'usine",
    "{{ env_var('CANARY') }}",
    "{% set x = 1 %}",
    "{# note #}",
    "-- note",
    "/* note */",
    "# note",
    "\\",
    "\\'",
    "\\N",
    "a,b",
    "a;b",
    "a\tb",
    "two\nlines",
    "two\r\nlines",
    "$1",
    "?",
    "%s",
    "=1+1",
)


@cache
def macro() -> Template:
    source = (PROJECT_DIR / "macros" / "engine" / "load_csv_rows.sql").read_text()
    return Environment(autoescape=False, extensions=["jinja2.ext.do"]).from_string(source)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create table x as select 1 as n")
        yield connection


def load(
    engine: duckdb.DuckDBPyConnection, path: Path, declared: Declared
) -> list[tuple[str | None, ...]]:
    """The rows of a rule file as dbt loads them: by the project's own macro."""
    added: list[str] = []
    adapter = SimpleNamespace(
        get_seed_file_path=lambda model: str(path),
        add_query=lambda sql, abridge_sql_log: added.append(sql),
    )
    here = {"adapter": adapter, "this": SimpleNamespace(render=lambda: "loaded")}
    macro().make_module({"return": str} | here).duckdb__load_csv_rows(None, None)  # type: ignore[attr-defined]
    [statement] = added
    columns = {name: column.kind for name, column in declared.columns.items()}
    made = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
    engine.execute(f"create or replace table loaded ({made})")
    engine.execute(statement)
    assert engine.execute("from x").fetchall() == [(1,)]
    texts = [name for name, kind in columns.items() if kind == "varchar"]
    return engine.execute(f"select {', '.join(map(identifier, texts))} from loaded").fetchall()


def written(path: Path, declared: Declared) -> list[tuple[str | None, ...]]:
    """The same rows as a CSV reader of another make sees them."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    kinds = [column.kind for column in declared.columns.values()]
    return [
        tuple(cell or None for cell, kind in zip(row, kinds, strict=True) if kind == "varchar")
        for row in rows
    ]


WITH_TEXT = sorted(
    name
    for name, declared in DECLARED.items()
    if any(column.kind == "varchar" for column in declared.columns.values())
)


@pytest.mark.parametrize("table", WITH_TEXT)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_fault_50_hostile_text_in_every_column_is_loaded_as_written(
    engine: duckdb.DuckDBPyConnection, rules: ChangedRules, table: str, end: str
) -> None:
    """What the check lets through, whatever it is, the engine reads as the check did."""
    declared, path = DECLARED[table], rules.path(table)
    header, *rows = rules.rows(table)
    rows = rows or [[""] * len(header)]
    kinds = [column.kind for column in declared.columns.values()]
    hostile = [
        [one if kind == "varchar" else cell for cell, kind in zip(rows[0], kinds, strict=True)]
        for one in HOSTILE
    ]
    for some in ([*rows, *hostile], *([one] for one in hostile)):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator=end).writerows([header, *some])
        assert load(engine, path, declared) == written(path, declared), some[-1]


@settings(max_examples=60)
@given(st.data())
def test_fault_50_hostile_text_is_refused_or_loaded_as_written(
    engine: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    rules = ChangedRules(tmp_path_factory.mktemp("hostile"))
    table = data.draw(st.sampled_from(WITH_TEXT))
    header, *rows = rules.rows(table)
    rows = rows or [[""] * len(header)]
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.sampled_from(rows))
        place = data.draw(st.integers(0, len(header) - 1))
        row[place] = data.draw(st.sampled_from(HOSTILE) | st.text("'\";,-a{% \\", max_size=6))
    rules.write(table, [header, *rows])
    if not rules.problems():
        assert load(engine, rules.path(table), DECLARED[table]) == written(
            rules.path(table), DECLARED[table]
        )


def test_fault_52_a_rule_file_that_leads_outside_is_refused(
    rules: ChangedRules, tmp_path: Path
) -> None:
    from lead_warehouse.rules import RulesError, check_rules

    own = tmp_path / "own"
    own.mkdir()
    secret = tmp_path / "scoring.csv"
    secret.write_text("canary\n")
    (own / "scoring.csv").symlink_to(secret)
    with pytest.raises(RulesError, match=r"scoring\.csv:1: leads outside .*; copy") as caught:
        check_rules(rules.seeds, own)
    assert len(caught.value.problems) == 1
    assert "canary" not in str(caught.value)


def test_a_rule_file_that_is_a_symlink_within_its_folder_is_read(
    rules: ChangedRules, tmp_path: Path
) -> None:
    """As containers mount settings."""
    from lead_warehouse.rules import check_rules

    own = tmp_path / "own"
    (own / "..data").mkdir(parents=True)
    (own / "..data" / "scoring.csv").write_bytes(rules.path("scoring").read_bytes())
    (own / "scoring.csv").symlink_to(own / "..data" / "scoring.csv")
    assert [path.name for path in check_rules(rules.seeds, own).files.own] == ["scoring.csv"]
