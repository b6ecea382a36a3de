from pathlib import Path

import duckdb
import pytest

from lead_warehouse.errors import RunFailed
from lead_warehouse.refresh import compact as module
from lead_warehouse.refresh.compact import compact, needs_compaction
from lead_warehouse.state.checksums import damaged_blocks
from lead_warehouse.state.digest import digest_tables

BLOAT = """
create schema marts;
create table marts.dim_leads (lead_id bigint primary key, name varchar not null);
insert into marts.dim_leads select range, 'lead ' || range from range(1000);
comment on column marts.dim_leads.name is 'what people say';
create view marts.names as select name from warehouse.marts.dim_leads;
create table filler as select hash(range) as h from range(3000000);
checkpoint;
create table more as select hash(range) as h from range(1000);
checkpoint;
drop table filler;
checkpoint;
"""


@pytest.fixture
def bloated(tmp_path: Path) -> Path:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(
        str(database), config={"storage_compatibility_version": "v1.4.0"}
    ) as connection:
        connection.execute(BLOAT)
    return database


def digests(database: Path) -> object:
    with duckdb.connect(str(database), read_only=True) as connection:
        return digest_tables(connection)


def test_a_file_of_free_blocks_is_rewritten_with_the_same_rows_keys_and_views(
    bloated: Path,
) -> None:
    before = digests(bloated)
    assert needs_compaction(bloated)
    done = compact(lambda line: None, bloated, "v1.4.0")
    assert done.after == bloated.stat().st_size < done.before / 3
    assert not needs_compaction(bloated)
    assert digests(bloated) == before
    assert damaged_blocks(bloated) == []
    assert [path.name for path in bloated.parent.iterdir()] == ["warehouse.duckdb"]
    with duckdb.connect(str(bloated)) as connection:
        assert connection.execute(
            "select column_name, comment from duckdb_columns() where comment is not null"
        ).fetchall() == [("name", "what people say")]
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("insert into marts.dim_leads values (1, 'twice')")


def test_a_rewritten_file_that_differs_is_discarded(
    bloated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bloated.read_bytes()
    monkeypatch.setattr(module, "_differences", lambda *_: ["marts.dim_leads"])
    with pytest.raises(RunFailed, match=r"marts\.dim_leads differ"):
        compact(lambda line: None, bloated, "v1.4.0")
    assert bloated.read_bytes() == content
    assert [path.name for path in bloated.parent.iterdir()] == ["warehouse.duckdb"]


def test_differences_see_rows_columns_keys_and_views(bloated: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{bloated}' as warehouse (read_only)")
        connection.execute(f"attach '{other}' as rewritten")
        connection.execute("copy from database warehouse to rewritten")
        assert module._differences(connection, "warehouse", "rewritten") == []
        connection.execute(
            "delete from rewritten.more where h = (select min(h) from rewritten.more)"
        )
        connection.execute("drop view rewritten.marts.names")
        connection.execute(
            "create or replace table rewritten.marts.dim_leads as from warehouse.marts.dim_leads"
        )
        assert module._differences(connection, "warehouse", "rewritten") == [
            "main.more",
            "marts.dim_leads",
            "marts.names",
        ]
