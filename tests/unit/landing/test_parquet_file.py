from pathlib import Path

import duckdb
import pytest

from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.parquet_file import ROW_COLUMN, ParquetFile


def written(folder: Path, select: str) -> ParquetFile:
    path = folder / "file"
    duckdb.sql(select).write_parquet(str(path))
    return ParquetFile(path)


def test_columns_are_those_at_the_top(tmp_path: Path) -> None:
    select = (
        "select 1 as a, {'x': 1, 'y': {'z': [1]}} as b, [['u']] as c, map {'k': {'v': 1}} as d, "
        "'t' as e"
    )
    file = written(tmp_path, select)
    assert file.column_names() == ("a", "b", "c", "d", "e")
    assert file.column_types()["a"] == "INTEGER"
    assert list(file.column_types()) == list(file.column_names())


def test_rows_are_counted_and_numbered_from_0(tmp_path: Path) -> None:
    file = written(tmp_path, "select i from range(300) as r(i)")
    assert file.row_count() == 300
    file.copy(f"select {ROW_COLUMN} as n, i from {file.rows}", tmp_path / "copy.parquet")
    found = duckdb.sql(f"select count(*) from '{tmp_path}/copy.parquet' where n = i").fetchall()
    assert found == [(300,)]


def test_instants_are_written_in_utc(tmp_path: Path) -> None:
    file = written(tmp_path, "select timestamptz '2024-07-05 10:00:00+02' as at_")
    file.copy(f"select cast(at_ as varchar) as at_ from {file.rows}", tmp_path / "copy.parquet")
    assert duckdb.sql(f"from '{tmp_path}/copy.parquet'").fetchall() == [("2024-07-05 08:00:00+00",)]


def test_damage_is_one_line_without_the_path(tmp_path: Path) -> None:
    file = written(tmp_path, "select i, 'x' || i as s from range(3000) as r(i)")
    path = tmp_path / "file"
    content = bytearray(path.read_bytes())
    content[300:900] = b"\xff" * 600
    path.write_bytes(content)
    for read in (
        lambda: file.copy(f"from {file.rows}", tmp_path / "copy.parquet"),
        ParquetFile(tmp_path / "gone").row_count,
    ):
        with pytest.raises(HeldFile, match=r"^damaged Parquet file \(.+\); deliver") as held:
            read()
        assert str(tmp_path) not in str(held.value)
        assert "\n" not in str(held.value)


def test_a_copy_that_cannot_be_written_is_not_the_file_s_fault(tmp_path: Path) -> None:
    file = written(tmp_path, "select 1 as a")
    with pytest.raises(duckdb.IOException):
        file.copy(f"from {file.rows}", tmp_path / "gone" / "copy.parquet")
