"""The dbt project on its own: unit tests on empty tables, and conventions no linter knows."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from lead_warehouse import PROJECT_DIR
from lead_warehouse.contract import load_contract
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.refresh.build import DATABASE_VARIABLE, NodeResult, run_dbt
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.refresh.worker import run_in_worker
from lead_warehouse.state.differences import KEY_COMMENT

# Columns that stand side by side, one for each row of a seed of groups.
NUMBERED_BY_SEED = re.compile(r"(group|step)_\d+_points")


@pytest.fixture(scope="module")
def dbt_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project beside a database with empty raw tables."""
    folder = tmp_path_factory.mktemp("dbt")
    compose_project(folder / "project", None)
    (folder / "building").mkdir()
    (folder / "runs").mkdir()
    with duckdb.connect(str(folder / "building" / "warehouse.duckdb")) as connection:
        ensure_raw_schema(connection, load_contract())
    return folder


def dbt(folder: Path, *commands: list[str]) -> list[NodeResult]:
    results: list[NodeResult] = run_in_worker(
        run_dbt,
        Path("project"),
        Path("runs"),
        list(commands),
        log=folder / "dbt.log",
        report=lambda _: None,
        folder=folder,
        environment={DATABASE_VARIABLE: "building/warehouse.duckdb"},
    )
    return results


def test_dbt_unit_tests_pass(dbt_folder: Path) -> None:
    results = dbt(
        dbt_folder,
        ["seed"],
        ["run", "--empty"],
        ["test", "--select", "test_type:unit"],
    )
    assert [result for result in results if result.is_bad] == []
    declared = [
        test["name"]
        for path in (PROJECT_DIR / "models").rglob("*.yml")
        for test in (yaml.safe_load(path.read_text()).get("unit_tests") or [])
    ]
    ran = {result.name for result in results if result.status == "pass"}
    assert len(declared) >= 12
    assert set(declared) <= ran


def parse(report: Callable[[str], None]) -> None:
    """Have dbt write its manifest, which a refresh does without."""
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner().invoke(["parse", "--project-dir", "project", "--profiles-dir", "project"])
    assert outcome.success, outcome.exception


@pytest.fixture(scope="module")
def manifest(dbt_folder: Path) -> dict[str, Any]:
    run_in_worker(
        parse,
        log=dbt_folder / "parse.log",
        report=lambda _: None,
        folder=dbt_folder,
        environment={DATABASE_VARIABLE: "building/warehouse.duckdb"},
    )
    document: dict[str, Any] = json.loads((dbt_folder / "project/target/manifest.json").read_text())
    return document


def nodes(manifest: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == kind]


def test_views_that_a_refresh_tells_something_are_made_in_each(manifest: dict[str, Any]) -> None:
    macros = manifest["macros"]

    def called(names: list[str], seen: set[str]) -> set[str]:
        for name in names:
            if name in macros and name not in seen:
                seen.add(name)
                called(macros[name]["depends_on"]["macros"], seen)
        return seen

    telling = [
        model
        for model in nodes(manifest, "model")
        if model["config"]["materialized"] == "view"
        and "macro.lead_warehouse.refresh_flag" in called(model["depends_on"]["macros"], set())
    ]
    assert telling != []
    assert [one["name"] for one in telling if "of_each_refresh" not in one["tags"]] == []


def test_every_model_says_its_grain_and_describes_every_column(manifest: dict[str, Any]) -> None:
    for model in nodes(manifest, "model"):
        assert model["description"].startswith("One row"), model["name"]
        bare = [name for name, column in model["columns"].items() if not column["description"]]
        assert bare == [], model["name"]


def test_yaml_names_exactly_the_columns_a_model_has(
    manifest: dict[str, Any], published_sample: Path
) -> None:
    database = published_sample / "current" / "warehouse.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        for model in nodes(manifest, "model"):
            columns = connection.execute(
                f"select * from {model['schema']}.{model['name']} limit 0"
            ).description
            names = [column[0] for column in columns]
            numbered = [name for name in names if NUMBERED_BY_SEED.match(name)]
            rest = [name for name in names if name not in numbered]
            assert rest == list(model["columns"]), model["name"]
            # How many there are is for a seed to say: the model's description tells what they mean.
            for series in {name.partition("_")[0] for name in numbered}:
                assert f"`{series}_1_points`" in model["description"], model["name"]


def test_the_key_of_a_mart_is_tested_and_noted_in_the_database(
    manifest: dict[str, Any], published_sample: Path
) -> None:
    keys = {
        (model["name"], name)
        for model in nodes(manifest, "model")
        for name, column in model["columns"].items()
        if any(one["type"] == "primary_key" for one in column["constraints"])
    }
    assert len(keys) > 60
    tested = {
        (test["attached_node"].rpartition(".")[2], test["column_name"])
        for test in nodes(manifest, "test")
        if (test.get("test_metadata") or {}).get("name") == "unique" and test["attached_node"]
    }
    assert keys - tested == set()
    database = published_sample / "current" / "warehouse.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        noted = connection.execute(
            "select table_name, column_name from duckdb_columns() where comment = ?", [KEY_COMMENT]
        ).fetchall()
        enforced = connection.execute(
            "select table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY' "
            "and schema_name in ('marts', 'exports')"
        ).fetchall()
    assert set(noted) == keys
    assert enforced == []


def test_personal_columns_stay_marked_on_their_way_to_the_marts(manifest: dict[str, Any]) -> None:
    personal = {
        name
        for table in load_contract().tables.values()
        for name, column in table.columns.items()
        if column.personal
    }
    for model in nodes(manifest, "model"):
        for name, column in model["columns"].items():
            if name in personal:
                assert column["config"]["meta"].get("personal"), f"{model['name']}.{name}"


def test_every_seed_column_has_a_declared_type(manifest: dict[str, Any]) -> None:
    for seed in nodes(manifest, "seed"):
        header = (PROJECT_DIR / seed["original_file_path"]).read_text().splitlines()[0]
        assert list(seed["config"]["column_types"]) == header.split(","), seed["name"]
        assert seed["config"]["full_refresh"] is True, seed["name"]


def test_every_mart_says_which_inputs_it_needs(manifest: dict[str, Any]) -> None:
    lines = (PROJECT_DIR / "seeds/reference/mart_inputs.csv").read_text().splitlines()[1:]
    stated = {line.split(",")[0] for line in lines}
    marts = {m["name"] for m in nodes(manifest, "model") if m["schema"] == "marts"}
    assert stated == marts - {"rpt_mart_coverage"}
    assert {line.split(",")[1] for line in lines} <= set(load_contract().tables)


def test_leads_are_historized_with_every_column_of_the_contract(manifest: dict[str, Any]) -> None:
    declared = set(load_contract().tables["leads"].columns)
    for name in ("stg_files__leads", "int_leads_historized", "dim_leads"):
        [model] = [node for node in nodes(manifest, "model") if node["name"] == name]
        assert declared <= set(model["columns"]), name


def test_a_seed_takes_its_declared_type_in_a_copied_database(
    dbt_folder: Path, tmp_path: Path
) -> None:
    """Without full refresh, a copied table keeps its old type, and 5.5 would be loaded as 6."""
    folder = tmp_path / "copied"
    shutil.copytree(dbt_folder, folder)
    path = folder / "project" / "seeds" / "rules" / "funnel_observations.csv"
    path.write_text(path.read_text() + "crm,customer,2026-01-01,seen\n")
    database = str(folder / "building" / "warehouse.duckdb")
    with duckdb.connect(database) as connection:
        connection.execute("create schema if not exists seeds")
        connection.execute(
            "create or replace table seeds.funnel_observations as "
            "select 'old' as basis, 'old' as stage, 'text' as observed_from, 'old' as note"
        )
    assert not [r for r in dbt(folder, ["seed"]) if r.is_bad]
    with duckdb.connect(database) as connection:
        row = connection.execute(
            "select observed_from, typeof(observed_from), count(*) over () "
            "from seeds.funnel_observations"
        ).fetchone()
    assert row is not None
    assert (str(row[0]), row[1], row[2]) == ("2026-01-01", "DATE", 1)


def ask_freshness(report: Callable[[str], None]) -> None:
    from dbt.cli.main import dbtRunner

    where = ["--project-dir", "project", "--profiles-dir", "project"]
    select = ["--select", *(f"source:files.{name}" for name in ("leads", "accounts", "invoices"))]
    outcome = dbtRunner().invoke(["source", "freshness", *select, *where])
    assert outcome.success, outcome.exception


def test_dbt_source_freshness_warns_of_the_table_whose_inputs_went_silent(
    dbt_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "silent"
    shutil.copytree(dbt_folder, folder)
    with duckdb.connect(str(folder / "building" / "warehouse.duckdb")) as connection:
        for table, input_name, hours in (("leads", "crm", 26), ("accounts", "erp", 24)):
            connection.execute(
                "insert into raw.landed_files by name select ? as input_name, 'landed' as status, "
                "cast(timezone('UTC', now()) - to_hours(?) as timestamp) as received_at",
                [input_name, hours],
            )
            connection.execute(
                "insert into landed.files by name select ? as file_id, ? as input_name",
                [hours, input_name],
            )
            connection.execute(f"insert into landed.{table} (file_id) values (?)", [hours])
        # A file that is held delivers nothing.
        connection.execute(
            "insert into raw.landed_files by name select 'crm' as input_name, 'held' as status, "
            "cast(timezone('UTC', now()) as timestamp) as received_at"
        )
    run_in_worker(
        ask_freshness,
        log=tmp_path / "freshness.log",
        report=lambda _: None,
        folder=folder,
        environment={DATABASE_VARIABLE: "building/warehouse.duckdb"},
    )
    results = json.loads((folder / "project/target/sources.json").read_text())["results"]
    assert {result["unique_id"].split(".")[-1]: result["status"] for result in results} == {
        "leads": "warn",
        "accounts": "pass",
        # No input fills it, so none is late.
        "invoices": "pass",
    }
