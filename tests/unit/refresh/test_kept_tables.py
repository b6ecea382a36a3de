"""Which kept tables are built whole, and what a report says of it."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from lead_warehouse.landing.land import Landing
from lead_warehouse.refresh.context import RefreshContext
from lead_warehouse.refresh.kept_tables import (
    BuiltWhole,
    prepare_for_rules,
    prepare_kept_tables,
)
from lead_warehouse.refresh.report import RefreshReport
from lead_warehouse.refresh.report_text import in_markdown
from lead_warehouse.rules.families import Families

KEPT = "{{ config(materialized='incremental') }} "
FIRST = "it is built for the first time"
NOW = datetime(2026, 1, 1)


@pytest.fixture
def families(tmp_path: Path) -> Families:
    """``int_states`` follows from intent, ``int_stages`` from lifecycle and intent."""
    for path, text in {
        "models/intermediate/intent/int_states.sql": KEPT + "{{ ref('signals') }}",
        "models/intermediate/lifecycle/int_stages.sql": KEPT + "{{ ref('int_states') }}",
        "models/intermediate/fit/int_fit.sql": KEPT + "select 1",
        "seeds/rules/signals.csv": "points\n1\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return Families(tmp_path)


@pytest.fixture
def build(families: Families) -> duckdb.DuckDBPyConnection:
    """A build in which all three tables are kept, by the same rules."""
    connection = duckdb.connect(":memory:")
    connection.execute(
        "create schema raw; create schema intermediate;"
        "create table raw.rule_families (family varchar, digest varchar);"
        "create table raw.new_files (input_name varchar, file_digest varchar);"
        "create table raw.refresh_context as "
        "select true as is_full_build, true as is_carried_on, 'old' as rules_digest;"
        "insert into raw.new_files values ('crm', 'abc')"
    )
    for table in families.kept:
        connection.execute(f"create table intermediate.{table} as select 1 as n")
    connection.executemany(
        "insert into raw.rule_families values (?, ?)", list(families.digests.items())
    )
    return connection


def landing(*, took_rows_out: bool = False) -> Landing:
    made = Landing()
    made.took_rows_out = took_rows_out
    return made


def context(*, is_past: bool = False) -> RefreshContext:
    return RefreshContext(NOW, NOW, is_past, is_past, "digest")


def flags(build: duckdb.DuckDBPyConnection) -> tuple[bool, bool] | None:
    """Whether anything is built whole, and whether anything is carried on."""
    return build.execute("select is_full_build, is_carried_on from raw.refresh_context").fetchone()


def test_tables_whose_rules_are_the_same_are_carried_on(
    build: duckdb.DuckDBPyConnection, families: Families
) -> None:
    assert prepare_kept_tables(build, families, landing(), context()) == []
    assert flags(build) == (False, True)


def test_a_full_refresh_builds_every_kept_table_whole(
    build: duckdb.DuckDBPyConnection, families: Families
) -> None:
    whole = prepare_kept_tables(build, families, landing(), context(), is_full=True)
    assert {one.because for one in whole} == {"a full refresh was asked for"}
    assert {one.table for one in whole} == set(families.kept)
    assert flags(build) == (True, False)


def test_each_table_built_whole_has_its_reason(
    build: duckdb.DuckDBPyConnection, families: Families
) -> None:
    build.execute("update raw.rule_families set digest = 'other' where family = 'intent'")
    build.execute("drop table intermediate.int_fit")
    assert prepare_kept_tables(build, families, landing(), context()) == [
        BuiltWhole("int_fit", FIRST),
        BuiltWhole("int_stages", "rules or models changed: intent"),
        BuiltWhole("int_states", "rules or models changed: intent"),
    ]
    assert flags(build) == (True, False)
    # What is in force now is what the next build is held against.
    for table in families.kept:
        build.execute(f"create or replace table intermediate.{table} as select 1 as n")
    assert prepare_kept_tables(build, families, landing(), context()) == []


@pytest.mark.parametrize(
    ("rows_out", "past", "because"),
    [
        (True, False, "rows that had landed were withdrawn"),
        (False, True, "it is a rebuild of the past"),
        (True, True, "rows that had landed were withdrawn"),
    ],
)
def test_withdrawn_rows_and_the_past_concern_all_tables(
    build: duckdb.DuckDBPyConnection, families: Families, rows_out: bool, past: bool, because: str
) -> None:
    whole = prepare_kept_tables(
        build, families, landing(took_rows_out=rows_out), context(is_past=past)
    )
    assert whole == [BuiltWhole(table, because) for table in families.kept]


def test_a_build_from_nothing_is_the_first_whatever_else_it_is(
    build: duckdb.DuckDBPyConnection, families: Families
) -> None:
    build.execute("drop schema intermediate cascade; create schema intermediate")
    whole = prepare_kept_tables(build, families, landing(took_rows_out=True), context(is_past=True))
    assert whole == [BuiltWhole(table, FIRST) for table in families.kept]
    assert flags(build) == (True, False)


def test_other_rules_are_no_landing(build: duckdb.DuckDBPyConnection, families: Families) -> None:
    build.execute("update raw.rule_families set digest = 'other' where family = 'lifecycle'")
    whole = prepare_for_rules(build, families, "new")
    assert [one.table for one in whole] == ["int_stages"]
    assert build.execute("from raw.new_files").fetchall() == []
    assert build.execute("from raw.refresh_context").fetchall() == [(True, True, "new")]


def test_the_report_tells_tables_and_reasons() -> None:
    report = RefreshReport("run", built_whole=[BuiltWhole("int_states", "rules | models changed")])
    text = in_markdown(asdict(report))
    assert "## Kept tables built whole" in text
    assert "| int_states | rules \\| models changed |" in text
    assert "Kept tables" not in in_markdown(asdict(RefreshReport("run")))
