from collections.abc import Iterator
from pathlib import Path

import duckdb
import great_expectations as gx
import pytest

from lead_warehouse.errors import RunFailed, UserError
from lead_warehouse.gates.duckdb_source import open_source
from lead_warehouse.landing import parquet_file
from lead_warehouse.landing.parquet_file import ParquetFile
from lead_warehouse.memory import MEMORY_VARIABLE, exhausted, limit_memory, memory_bytes
from lead_warehouse.refresh.sealing import remove_spill
from lead_warehouse.refresh.verify import verify
from lead_warehouse.state.engine import open_read_only, open_to_write
from tests.unit.landing.test_load_file import HEAD, Warehouse, figures

MANY = HEAD + b"".join(b"%d,%d@b.example,%d\n" % (n, n, n) for n in range(400_000))


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    made = Warehouse(tmp_path)
    yield made
    made.connection.close()


@pytest.mark.parametrize(
    ("text", "amount"),
    [("", 2 * 10**9), ("64MB", 64 * 10**6), ("1.5 GB", 1_500_000_000), ("1GiB", 2**30)],
)
def test_memory_is_an_amount(monkeypatch: pytest.MonkeyPatch, text: str, amount: int) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, text)
    assert memory_bytes() == amount


@pytest.mark.parametrize("text", ["lots", "2", "-1GB", "63MB", "80%", "1GB'; drop"])
def test_what_is_no_amount_of_memory_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, text)
    with pytest.raises(UserError, match="write it like 2GB"):
        memory_bytes()


@pytest.mark.parametrize(("text", "limit"), [("2GB", "1.3 GiB"), ("400MB", "190.7 MiB")])
def test_the_engine_leaves_memory_to_the_framing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, limit: str
) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, text)
    with duckdb.connect() as connection:
        limit_memory(connection, tmp_path / "it's")
        (found,) = connection.execute(
            "select current_setting('memory_limit'), current_setting('temp_directory')"
        ).fetchall()
    assert found == (limit, str(tmp_path / "it's"))


@pytest.mark.parametrize("limit", ["memory", "spill"])
def test_fault_18_landing_without_enough_memory_takes_nothing_and_names_the_remedy(
    warehouse: Warehouse, tmp_path: Path, limit: str
) -> None:
    connection = warehouse.connection
    connection.execute("set memory_limit = '24MB'")
    spill = tmp_path / "spill" if limit == "spill" else ""
    connection.execute(f"set temp_directory = '{spill}'")
    if spill:
        connection.execute("set max_temp_directory_size = '1MB'")
    with pytest.raises(RunFailed, match=f"ran out while landing in/crm.csv.*{MEMORY_VARIABLE}"):
        warehouse.load(MANY)
    connection.execute("set memory_limit = '1GB'")
    assert warehouse.lead_ids == []
    assert warehouse.column("select count(*) from raw.landed_files") == [0]
    assert figures(warehouse.load(MANY)) == (400_000, 400_000, 0, 0)


def test_fault_18_a_parquet_file_is_not_damaged_because_memory_ran_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.parquet"
    duckdb.sql(f"copy (select i, hash(i) as h from range(500000) t(i)) to '{path}'")
    monkeypatch.setattr(parquet_file, "SHARE_OF_MEMORY", 0.0007)
    file = ParquetFile(path)
    with pytest.raises(duckdb.OutOfMemoryException):
        file.decode(["i", "h"], "null")


@pytest.mark.parametrize(
    "message",
    [
        "Out of Memory Error: could not allocate block",
        'IO Error: Could not write file "x": No space left on device',
        "[Errno 28] No space left on device",
    ],
)
def test_what_ran_out_is_told_with_the_remedy(message: str) -> None:
    told = str(exhausted(message, "sealing"))
    assert "while sealing" in told
    assert MEMORY_VARIABLE in told
    assert "free space" in told


def test_other_errors_are_none_of_memory() -> None:
    assert exhausted("Conversion Error: no integer", "sealing") is None


LARGER_THAN_MEMORY = """
create schema marts;
create table marts.rows as select hash(n)::varchar || n::varchar as key from range(900_000) as r(n);
create view marts.ordered as select key, row_number() over (order by key) as place from marts.rows;
checkpoint;
"""


@pytest.mark.parametrize("step", ["seal", "audit"])
def test_what_reads_a_build_keeps_to_the_memory_of_a_refresh(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str
) -> None:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(LARGER_THAN_MEMORY)
    monkeypatch.setenv(MEMORY_VARIABLE, "64MB")
    if step == "seal":
        verify(lambda _: None, database, tmp_path / "spill")
        # Where nothing can be put aside it does not fit.
        (tmp_path / "spill").touch()
        with pytest.raises(duckdb.Error):
            verify(lambda _: None, database, tmp_path / "spill")
        return
    source = open_source(gx.get_context(mode="ephemeral"), database)
    engine = source.get_execution_engine()
    with engine.get_connection() as connection:
        [limit] = connection.exec_driver_sql("select current_setting('memory_limit')").fetchone()
        connection.exec_driver_sql("select sum(hash(o)) from marts.ordered as o").fetchall()
    assert limit == "61.0 MiB"


def test_what_was_put_aside_is_not_sealed(tmp_path: Path) -> None:
    building = tmp_path / "warehouse.duckdb"
    building.touch()
    for folder in ("spill", "warehouse.duckdb.tmp"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "block").touch()
    remove_spill(building)
    assert list(tmp_path.iterdir()) == [building]


def test_a_connection_keeps_to_the_memory_of_a_refresh_where_it_may_spill(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "64MB")
    database, spill = tmp_path / "warehouse.duckdb", tmp_path / "it's"
    asked = "select current_setting('memory_limit'), current_setting('temp_directory')"
    with open_to_write(database, spill=spill) as connection:
        assert connection.execute(asked).fetchone() == ("61.0 MiB", str(spill))
    with open_read_only(database, spill) as connection:
        assert connection.execute(asked).fetchone() == ("61.0 MiB", str(spill))
    with open_read_only(database) as connection:
        assert connection.execute(asked).fetchone() != ("61.0 MiB", str(spill))
