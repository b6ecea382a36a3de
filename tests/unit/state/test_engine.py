"""What connections may reach, by asking for what they may not."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy
import pytest
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.environments import Environment

from lead_warehouse import PROJECT_DIR
from lead_warehouse.refresh.confined_dbt import SEEDS_VARIABLE, Plugin
from lead_warehouse.sql import literal
from lead_warehouse.state.engine import confine, open_read_only, open_to_write, use_utc


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder within reach beside one that is not, each with a file."""
    for name in ("inside", "outside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.csv").write_text("n\n1\n")
    (tmp_path / "inside" / "way_out").symlink_to(tmp_path / "outside")
    (tmp_path / "inside" / "other.csv").symlink_to(tmp_path / "outside" / "a.csv")
    return tmp_path


@pytest.fixture
def confined(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_to_write(folder / "w.duckdb", folder / "inside") as connection:
        yield connection


ESCAPES = [
    "from read_csv('{outside}/a.csv')",
    "from read_csv('{inside}/../outside/a.csv')",
    "from read_csv('{inside}/way_out/a.csv')",
    "from read_csv('{inside}/other.csv')",
    "from read_text('/etc/passwd')",
    "from read_blob('/proc/self/environ')",
    "from glob('{outside}/*')",
    "copy (select 1) to '{outside}/b.csv'",
    "copy (select 1) to '{inside}/../b.csv'",
    "copy (select 1) to '{inside}/way_out/b.csv'",
    "attach '{outside}/b.duckdb'",
    "export database '{outside}/dump'",
    "install httpfs",
    "load '{outside}/a.csv'",
    "from read_csv('http://127.0.0.1:9/a.csv')",
    "from read_csv('s3://bucket/a.csv')",
]


@pytest.mark.parametrize("statement", ESCAPES)
def test_fault_50_a_statement_reaches_nothing_outside(
    confined: duckdb.DuckDBPyConnection, folder: Path, statement: str
) -> None:
    asked = statement.format(inside=folder / "inside", outside=folder / "outside")
    with pytest.raises(duckdb.PermissionException, match=r"disabled (by|through) configuration"):
        confined.execute(asked).fetchall()
    assert [path.name for path in (folder / "outside").iterdir()] == ["a.csv"]


def test_fault_50_a_statement_reads_no_variable_of_python(
    confined: duckdb.DuckDBPyConnection,
) -> None:
    secrets = numpy.array(["canary"])  # noqa: F841 - what the statement is after
    with duckdb.connect() as unconfined:
        assert unconfined.execute("from secrets").fetchall() == [("canary",)]
    with pytest.raises(duckdb.CatalogException):
        confined.execute("from secrets")


@pytest.mark.parametrize(
    "setting",
    [
        "enable_external_access = true",
        "allowed_directories = ['/']",
        "allowed_paths = ['/etc/passwd']",
        "lock_configuration = false",
        "timezone = 'Europe/Paris'",
    ],
)
def test_fault_50_a_statement_cannot_widen_what_it_reaches(
    confined: duckdb.DuckDBPyConnection, setting: str
) -> None:
    with pytest.raises(duckdb.InvalidInputException):
        confined.execute(f"set {setting}")


def test_what_a_step_needs_is_within_reach(
    confined: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    inside = folder / "inside"
    confined.execute(f"create table t as from read_csv({literal(str(inside / 'a.csv'))})")
    confined.execute(f"copy t to {literal(str(inside / 'b.parquet'))} (format parquet)")
    confined.execute("checkpoint")
    confined.close()
    with open_read_only(folder / "w.duckdb") as connection:
        assert connection.execute("from t").fetchall() == [(1,)]
        with pytest.raises(duckdb.InvalidInputException):
            connection.execute("create table u as select 1")


def test_a_folder_named_through_a_symlink_is_within_reach(folder: Path) -> None:
    (folder / "alias").symlink_to(folder / "inside")
    with open_to_write(folder / "w.duckdb", folder / "alias") as connection:
        path = literal(str(folder / "alias" / "a.csv"))
        assert connection.execute(f"from read_csv({path})").fetchall() == [(1,)]


def test_utc_is_not_set_twice() -> None:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'Asia/Tokyo'")
        use_utc(connection)
        assert connection.execute("select current_setting('timezone')").fetchone() == ("UTC",)
        confine(connection)
        use_utc(connection)


def dbt_connection(path: Path, profile: Path) -> duckdb.DuckDBPyConnection:
    """A connection as dbt opens it under a profile, its plugins included."""
    text = profile.read_text().replace("{{ env_var(", "").split("outputs:")[1]
    settings = yaml.safe_load("outputs:" + text)["outputs"]["duckdb"]
    credentials = DuckDBCredentials(
        database=path.stem,
        schema="main",
        path=str(path),
        config_options=settings["config_options"],
        settings=settings["settings"],
        plugins=None,
    )
    assert [plugin["module"] for plugin in settings["plugins"]] == [Plugin.__module__]
    plugin = Plugin(name="confined", plugin_config={}, credentials=credentials)
    opened: duckdb.DuckDBPyConnection = Environment.initialize_db(credentials, {"c": plugin})
    return opened


def test_fault_50_a_model_reads_seeds_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SEEDS_VARIABLE, str(folder / "inside"))
    with dbt_connection(folder / "w.duckdb", PROJECT_DIR / "profiles.yml") as connection:
        connection.execute(f"create table t (n integer); copy t from '{folder}/inside/a.csv'")
        for statement in ESCAPES:
            asked = statement.format(inside=folder / "inside", outside=folder / "outside")
            with pytest.raises(duckdb.Error):
                connection.execute(asked).fetchall()
        cursor = connection.cursor()
        cursor.execute("set timezone = 'UTC'")
        for setting in ("enable_external_access = true", "allowed_directories = ['/']"):
            with pytest.raises(duckdb.InvalidInputException):
                cursor.execute(f"set {setting}")
    assert [path.name for path in (folder / "outside").iterdir()] == ["a.csv"]
