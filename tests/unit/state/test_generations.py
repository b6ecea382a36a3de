from pathlib import Path

import duckdb
import pytest

from lead_warehouse.errors import LeadWarehouseError, RunFailed, UserError
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

MANIFEST = {"as_of": "2026-01-01T00:00:00", "is_past": False, "digest": "d"}


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    return Generations(StateDirectory(tmp_path / "state"))


def seal(generations: Generations, run_id: str, is_past: bool = False) -> None:
    building = generations.state.building
    building.parent.mkdir(parents=True)
    with duckdb.connect(str(building)) as connection:
        connection.execute(f"create table run as select '{run_id}' as run_id")
    generations.seal(run_id, {**MANIFEST, "is_past": is_past})


def published(generations: Generations) -> str:
    with generations.reading() as connection:
        row = connection.execute("select run_id from run").fetchone()
        assert row is not None
        return str(row[0])


def test_sealed_is_not_published(generations: Generations) -> None:
    seal(generations, "a")
    assert generations.current_id() is None
    with pytest.raises(UserError, match="nothing is published"):
        generations.find(None)
    generations.publish("a")
    assert published(generations) == "a"


def test_a_build_with_a_log_beside_it_is_not_sealed(generations: Generations) -> None:
    building = generations.state.building
    building.parent.mkdir(parents=True)
    building.touch()
    building.with_name("warehouse.duckdb.wal").touch()
    with pytest.raises(RunFailed, match="wal"):
        generations.seal("a", MANIFEST)
    assert not generations.state.generation("a").exists()


def test_publishing_replaces_the_pointer_and_leaves_no_trace(generations: Generations) -> None:
    for run_id in ("a", "b"):
        seal(generations, run_id)
        generations.publish(run_id)
    assert published(generations) == "b"
    assert sorted(p.name for p in generations.state.root.iterdir()) == ["current", "generations"]
    assert generations.state.current.is_symlink()


def test_a_reader_keeps_the_generation_it_opened(generations: Generations) -> None:
    seal(generations, "a")
    generations.publish("a")
    with generations.reading() as connection:
        seal(generations, "b")
        generations.publish("b")
        assert connection.execute("select run_id from run").fetchone() == ("a",)
    assert published(generations) == "b"


def test_generations_are_found_by_the_beginning_of_their_id(generations: Generations) -> None:
    for run_id in ("20260101-a", "20260102-b"):
        seal(generations, run_id)
    assert generations.find("20260102").run_id == "20260102-b"
    with pytest.raises(UserError, match="no generation '2026'"):
        generations.find("2026")
    with pytest.raises(UserError, match="did you mean '20260101-a'"):
        generations.find("20260101-x")


def test_retention_keeps_the_newest_and_the_published(generations: Generations) -> None:
    for run_id in "abcdefg":
        seal(generations, run_id)
    generations.publish("a")
    removed = generations.retain(newest=3)
    assert removed == ["d", "c", "b"]
    assert [one.run_id for one in generations.all()] == ["g", "f", "e", "a"]
    assert published(generations) == "a"


def test_rebuilds_of_the_past_cost_no_rollback(generations: Generations) -> None:
    for run_id in "abc":
        seal(generations, run_id)
    for run_id in "xyz":
        seal(generations, run_id, is_past=True)
    generations.publish("c")
    assert generations.retain(newest=2) == ["a", "x"]


def test_a_damaged_file_says_what_to_do(generations: Generations) -> None:
    seal(generations, "a")
    generations.publish("a")
    database = generations.find("a").database
    database.chmod(0o644)
    database.write_bytes(b"not a database, but as long as one needs to be" * 1000)
    with pytest.raises(LeadWarehouseError, match="rollback"), generations.reading():
        pass


def test_readers_can_change_and_reach_nothing(generations: Generations, tmp_path: Path) -> None:
    seal(generations, "a")
    generations.publish("a")
    with generations.reading() as connection:
        for statement in (
            "insert into run values ('b')",
            f"copy run to '{tmp_path}/leak.csv'",
            f"attach '{tmp_path}/other.duckdb'",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
    assert not (tmp_path / "leak.csv").exists()
