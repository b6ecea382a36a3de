from pathlib import Path

import duckdb
import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.landing.csv_reader import CsvReader
from lead_warehouse.landing.formats import open_file
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.parquet_reader import ParquetReader
from lead_warehouse.landing.reader import Reader
from lead_warehouse.mapping import Input


def an_input(files: str) -> Input:
    table = {"table": "leads", "columns": {"lead_id": "id"}}
    return Input.model_validate({"name": "crm", "files": files, "tables": [table]})


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    duckdb.sql("select 1 as id").write_parquet(str(path))
    return path


def read(files: str, path: Path) -> Reader:
    return open_file(an_input(files), load_contract(), path)


@pytest.mark.parametrize("files", ["leads.parquet", "**/*.snappy.PARQUET"])
def test_a_pattern_that_ends_in_parquet_reads_parquet(parquet: Path, files: str) -> None:
    assert isinstance(read(files, parquet), ParquetReader)


@pytest.mark.parametrize("files", ["leads*.csv", "*", "*.parquet.csv", "parquet"])
def test_any_other_pattern_reads_csv(tmp_path: Path, files: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"id\n1\n")
    assert isinstance(read(files, path), CsvReader)


def test_parquet_under_another_pattern_is_held_with_the_remedy(parquet: Path) -> None:
    with pytest.raises(HeldFile, match=r"a Parquet file, read as CSV; end 'files' .* \.parquet"):
        read("*", parquet)


@pytest.mark.parametrize("content", [b"id\n1\n", b"\x1f\x8b", b"P", b"PARE....PARE"])
def test_what_is_no_parquet_is_held_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "leads.parquet"
    path.write_bytes(content)
    with pytest.raises(HeldFile, match="not a Parquet file, whatever its name"):
        read("*.parquet", path)


@pytest.mark.parametrize("files", ["*.parquet", "*.csv"])
def test_fault_26_a_file_of_no_bytes_has_the_columns_that_are_read(
    tmp_path: Path, files: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    assert read(files, path).header.columns == ("id",)


def test_a_csv_file_may_begin_with_those_letters(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"PAR1,id\n1,2\n")
    assert read("*.csv", path).header.columns == ("PAR1", "id")
