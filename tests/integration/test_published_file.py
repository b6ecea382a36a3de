"""The published file as readers of other makes and ages see it."""

import json
import subprocess
from pathlib import Path

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask

OLDER_PYTHON = PROJECT_DIR / ".tools" / "duckdb-1.4" / "bin" / "python"
"""An interpreter with the DuckDB of the report's connector, see requirements-duckdb-1.4.txt."""

READ_ALL = """
import json, sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
names = connection.execute(
    "select table_schema, table_name from information_schema.tables order by all"
).fetchall()
found = {}
for schema, name in names:
    rows = connection.execute(f'select * from "{schema}"."{name}"').fetchall()
    found[f"{schema}.{name}"] = len(rows)
print(json.dumps([duckdb.__version__, found]))
"""


@pytest.fixture(scope="module")
def read_by_older(published_sample: Path) -> tuple[str, dict[str, int]]:
    if not OLDER_PYTHON.exists():
        pytest.skip("no DuckDB 1.4 in .tools; `make setup` puts it there")
    database = Generations(StateDirectory(published_sample)).find(None).database
    read = subprocess.run(
        [OLDER_PYTHON, "-c", READ_ALL, str(database)],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert read.returncode == 0, read.stderr
    version, found = json.loads(read.stdout)
    return version, found


def test_fault_11_duckdb_1_4_reads_every_table_and_view(
    read_by_older: tuple[str, dict[str, int]], published_sample: Path
) -> None:
    version, found = read_by_older
    assert version.startswith("1.4.")
    names = ask(
        published_sample,
        "select table_schema || '.' || table_name from information_schema.tables order by all",
    )
    counts = {
        name: ask(published_sample, f"select count(*) from {name}")[0][0] for (name,) in names
    }
    assert found == counts
    assert found["marts.dim_leads"] > 0


def test_fault_11_the_oldest_reader_is_the_one_of_the_report(
    read_by_older: tuple[str, dict[str, int]],
) -> None:
    """Evidence's connector is built on this version, by way of its Node binding."""
    assert read_by_older[0] == "1.4.2"


def test_fault_28_records_delivered_twice_count_once(published_sample: Path) -> None:
    delivered, twice = ask(
        published_sample,
        "select count(*), count(*) - count(distinct (lead_id, stage, changed_at)) "
        "from raw.lead_stage_changes",
    )[0]
    assert delivered > twice > 0
    repeated = (
        "select lead_id, to_stage, transitioned_at from marts.fct_lifecycle_transitions "
        "where basis = 'crm' group by all having count(*) > 1"
    )
    assert ask(published_sample, repeated) == []
