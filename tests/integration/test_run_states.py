"""Where a run may die or end, and what its users then find; light refreshes, without dbt."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse import doctor
from lead_warehouse.errors import RunFailed, RunRejected, UserError
from lead_warehouse.failpoints import FAILPOINT, FAILPOINTS
from lead_warehouse.refresh import land_build, pipeline
from lead_warehouse.refresh.past_runs import find_run
from lead_warehouse.refresh.rollback import roll_back
from lead_warehouse.refresh.verify import verify
from lead_warehouse.state.digest import FOLLOWS_FROM, digest_tables
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.publications import Publications
from lead_warehouse.status import read_status
from tests.conftest import ask
from tests.killed import FIRST_REFRESH
from tests.light import deliver, light_refresh, light_steps

LEADS = "select lead_id from marts.dim_leads order by 1"
REPOSITORY = Path(__file__).parents[2]


def leads(root: Path) -> list[str]:
    return [lead for (lead,) in ask(root, LEADS)]


def codes(root: Path) -> list[str]:
    return [one.code for one in read_status(StateDirectory(root)).standings]


def flip(path: Path, offset: int) -> None:
    """Change one bit of a file, read-only or not."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[offset] ^= 0x10
    path.write_bytes(content)
    path.chmod(mode)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[str | None, dict[str, Any]]:
    """What was left by a kill at each failpoint, and what the next refresh made of it."""
    folder = tmp_path_factory.mktemp("killed")
    told = subprocess.run(
        [sys.executable, "-m", "tests.killed", str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    assert told.returncode == 0, told.stderr
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    return {line["failpoint"]: line for line in lines}


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_fault_3_killed_at_any_point_readers_see_one_whole_generation_and_the_next_run_settles_it(
    killed: dict[str | None, dict[str, Any]], failpoint: str
) -> None:
    told, unharmed = killed[failpoint], killed[None]["settled"]
    settled = told["settled"]
    assert told["killed"], "the failpoint was never reached"
    has_moved = failpoint in ("published", "recorded", "retaining", "hold_placed")
    assert told["after"]["leads"] == (["a", "b"] if has_moved else ["a"])
    assert settled["digest"] == unharmed["digest"]
    assert (settled["open"], settled["leftovers"]) == ([], [])
    assert settled["states"][settled["current"]] == "published"
    if failpoint == "rolled_back":
        # Readers were returned, so what follows waits for a release.
        assert (settled["report"], settled["hold"], settled["leads"]) == ("kept", True, ["a"])
        assert "rolled back" in settled["states"].values()
    else:
        assert (settled["report"], settled["hold"]) == ("published", False)
        assert settled["leads"] == ["a", "b"]
        assert settled["inputs"] == ["leads_1.csv", "leads_2.csv"]


def test_fault_4_killed_between_pointer_and_ledger_the_run_counts_as_published(
    killed: dict[str | None, dict[str, Any]],
) -> None:
    told = killed["published"]
    assert "died" in told["after"]["status"]
    [line] = told["settled"]["reconciled"]
    assert "had published before it died" in line
    assert set(told["settled"]["states"].values()) == {"published"}


def test_killed_before_anything_was_published_leaves_a_clean_start(
    killed: dict[str | None, dict[str, Any]],
) -> None:
    told, unharmed = killed[FIRST_REFRESH], killed[None]["settled"]
    assert told["killed"] and told["shown"] is None
    assert told["settled"]["report"] == "published"
    assert told["settled"]["digest"] == unharmed["digest"]


def test_the_status_of_a_killed_run_says_so(killed: dict[str | None, dict[str, Any]]) -> None:
    assert killed["built"]["after"]["status"] == ["died", "published"]
    assert killed["ended"]["after"]["status"] == ["rejected"]
    assert killed["rolled_back"]["after"]["status"][0] == "on hold"


def test_a_failpoint_nobody_knows_is_refused_with_those_there_are(
    lead_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FAILPOINT, "seald")
    with pytest.raises(UserError, match=r"no failpoint 'seald'; did you mean 'sealed'.*planned"):
        light_refresh(tmp_path / "state", lead_files)
    assert not (tmp_path / "state").exists()


def test_the_report_says_what_was_done_and_by_whom(root: Path, lead_files: Path) -> None:
    told = find_run(StateDirectory(root), "last")
    assert [name for name, _ in told.states][-1] == "published"
    report = told.report
    assert report is not None
    assert [one["accepted"] for one in report["accounts"]] == [1]
    assert report["tables"]["marts.dim_leads"]["rows"] == 2
    assert report["checks"]["raw_gate"] == {"run": 1, "failed": 0, "warned": 0}
    assert set(report["seconds"]) == {"land", "gate", "build", "audit", "seal", "publish"}
    assert report["base"] and report["by"] and report["mapping"]["sha256"]
    assert told.text is not None and "| leads | 1 | 0 | 1 | 1 | 0 | 0 |" in told.text
    events = [
        json.loads(line)
        for line in (root / "runs" / told.run.run_id / "log.jsonl").read_text().splitlines()
    ]
    assert all({"at", "run_id", "level", "event"} <= event.keys() for event in events)
    assert [e["state"] for e in events if e["event"] == "reached"] == [
        "locked",
        "landed",
        "built",
        "audited",
        "sealed",
    ]


def test_a_rejected_run_says_which_check_and_where_the_rows_are(
    root: Path, lead_files: Path
) -> None:
    with light_steps(reject=True), pytest.raises(RunRejected):
        light_refresh(root, lead_files)
    [standing] = read_status(StateDirectory(root)).standings
    assert (standing.code, standing.needs_person) == ("rejected", True)
    assert "leads are good" in standing.sentence
    assert "failures" in str(standing.remedy)


def test_secrets_of_the_environment_reach_neither_report_nor_log_nor_ledger(
    root: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_API_TOKEN", "canary-4711")
    monkeypatch.setenv("SOURCE", "postgresql://reader:canary-0815@host/crm")

    def fail(*_: Any, **__: Any) -> None:
        raise RunFailed("canary-4711 canary-0815 postgresql://x:canary-unknown@host/db")

    with light_steps():
        monkeypatch.setattr(land_build, "land", fail)
        with pytest.raises(RunFailed):
            light_refresh(root, lead_files)
    for path in root.rglob("*"):
        if path.is_file():
            assert b"canary" not in path.read_bytes(), path


@pytest.mark.parametrize("step", ["land", "verify", "record", "publish"])
def test_fault_17_a_full_disk_leaves_readers_and_disk_as_they_were(
    root: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        if step == "verify":
            raise RunFailed("verify failed: IO Error: Could not write: No space left on device")
        raise OSError(28, "No space left on device")

    before = sorted(path.name for path in (root / "generations").iterdir())
    shown = Generations(StateDirectory(root)).current_id()
    owner: Any = {
        "land": land_build,
        "record": Publications,
        "publish": Generations,
    }.get(step, pipeline)
    monkeypatch.setattr(owner, step, full)
    with light_steps(), pytest.raises(RunFailed, match=r"disk of .* is full .* MB free .* about"):
        if step == "verify":
            monkeypatch.setattr(pipeline._Run, "_seal", full)
        light_refresh(root, lead_files)
    assert Generations(StateDirectory(root)).current_id() == shown
    assert sorted(path.name for path in (root / "generations").iterdir()) == before
    assert not (root / "building").exists()
    assert codes(root)[0] == "failed"


def test_fault_17_a_disk_without_room_is_told_before_anything_is_written(
    root: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_WAREHOUSE_ROOM", "1e9")
    with light_steps(), pytest.raises(RunFailed, match=r"needs about [\d,]+ MB .* are free"):
        light_refresh(root, lead_files)
    assert codes(root) == ["published"]
    monkeypatch.setenv("LEAD_WAREHOUSE_ROOM", "much")
    with light_steps(), pytest.raises(UserError, match="not a number"):
        light_refresh(root, lead_files)


def test_fault_12_a_bit_flipped_before_publication_is_found_wherever_it_lies(
    root: Path, tmp_path: Path
) -> None:
    source = Generations(StateDirectory(root)).find(None).database
    database = tmp_path / "warehouse.duckdb"
    database.write_bytes(source.read_bytes())
    assert verify(lambda line: None, database, tmp_path / "spill")
    chance = random.Random(7)
    blocks = (database.stat().st_size - 3 * 4096) // (1 << 18)
    places = [chance.randrange(4096) + 4096 * header for header in range(3)]
    places += [3 * 4096 + (block << 18) + chance.randrange(1 << 18) for block in range(blocks)]
    for place in places:
        flip(database, place)
        with pytest.raises((RunFailed, duckdb.Error)):
            verify(lambda line: None, database, tmp_path / "spill")
        flip(database, place)
    assert verify(lambda line: None, database, tmp_path / "spill")


def test_fault_12_a_damaged_build_is_not_published(
    root: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Generations(StateDirectory(root)).current_id()

    def damage(database: Path) -> bool:
        flip(database, database.stat().st_size - 1000)
        return False

    with light_steps():
        monkeypatch.setattr(pipeline, "needs_compaction", damage)
        with pytest.raises(RunFailed, match="damaged"):
            light_refresh(root, lead_files)
    assert Generations(StateDirectory(root)).current_id() == shown
    assert codes(root)[0] == "failed"


def wrong(root: Path, **how: bool) -> list[str]:
    return [one.what for one in doctor.examine(StateDirectory(root), **how) if one.is_wrong]


def test_fault_13_the_doctor_finds_a_corrupt_file_and_rollback_works(root: Path) -> None:
    assert wrong(root, thoroughly=True) == []
    database = Generations(StateDirectory(root)).find(None).database
    flip(database, database.stat().st_size // 2)
    assert wrong(root) == ["generation"]
    [one] = [one for one in doctor.examine(StateDirectory(root)) if one.is_wrong]
    assert "damaged block" in one.sentence and "rollback" in str(one.remedy)
    roll_back(StateDirectory(root), None)
    assert leads(root) == ["a"]
    assert wrong(root) == ["hold"]


def test_the_doctor_holds_a_generation_against_what_its_own_manifest_was_made_of(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a later version digested addresses by what the version that sealed it did not."""
    monkeypatch.setitem(FOLLOWS_FROM, "marts.fct_addresses", "marts.dim_leads")
    database = Generations(StateDirectory(root)).find(None).database
    with duckdb.connect(str(database), read_only=True) as connection:
        assert digest_tables(connection)["marts.fct_addresses"].of == "marts.dim_leads"
    assert wrong(root) == []


def test_fault_13_a_refresh_starts_from_the_last_good_generation(
    root: Path, lead_files: Path
) -> None:
    current = Generations(StateDirectory(root)).find(None)
    unharmed = current.digest
    flip(current.database, current.database.stat().st_size // 2)
    with light_steps():
        report = light_refresh(root, lead_files)
    assert report.base is not None and report.base < current.run_id
    assert "is damaged and not built upon" in report.notes[0]
    assert report.digest == unharmed and leads(root) == ["a", "b"]
    for generation in Generations(StateDirectory(root)).all():
        # Elsewhere than above, where a second flip would mend it.
        flip(generation.database, generation.database.stat().st_size // 2 + 1)
    with light_steps():
        report = light_refresh(root, lead_files)
    assert report.base is None and report.digest == unharmed
    assert leads(root) == ["a", "b"]


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda root: (root / "control.sqlite").write_bytes(b"no database" * 500), "ledger"),
        (lambda root: (root / "building").mkdir(), "leftover"),
        (lambda root: (root / ".current-1").symlink_to("nowhere"), "leftover"),
        (lambda root: os.replace(root / "generations", root / "gone"), "pointer"),
        (lambda root: (root / "current" / "manifest.json").unlink(), "generation"),
        (lambda root: (root / "current" / "warehouse.duckdb").chmod(0o644), "permissions"),
        (lambda root: flip(next((root / "landing").glob("??/*")), 3), "archive"),
        (lambda root: next((root / "landing").glob("??/*")).unlink(), "archive"),
        (
            lambda root: (root / "current" / "warehouse.duckdb.wal").write_bytes(b"x"),
            "generation",
        ),
    ],
)
def test_the_doctor_finds_each_kind_of_damage(root: Path, damage: Any, found: str) -> None:
    damage(root)
    assert found in wrong(root)


def test_a_rewritten_build_holds_the_same_rows(root: Path, lead_files: Path) -> None:
    with light_steps():
        plain = light_refresh(root, lead_files)
    with light_steps(compact=True):
        report = light_refresh(root, lead_files, full_refresh=True)
    assert report.compaction is not None
    assert report.digest == plain.digest
    assert ask(root, "select count(*) from marts.fct_addresses") == [(2,)]


def test_what_dbt_makes_anew_is_out_of_its_way_when_it_starts(
    root: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[list[Any]] = []
    with light_steps(), monkeypatch.context() as patched:
        work = vars(pipeline)["run_in_worker"]

        def watched(step: Any, *arguments: Any, folder: Path, **rest: Any) -> Any:
            if step.__name__ == "run_dbt":
                with duckdb.connect(str(folder / "building" / "warehouse.duckdb")) as connection:
                    tables = "select table_name from duckdb_tables() where schema_name = 'marts'"
                    found.append(connection.execute(tables).fetchall())
            return work(step, *arguments, folder=folder, **rest)

        patched.setattr(pipeline, "run_in_worker", watched)
        deliver(lead_files, "3", {"c": "c@x.fr"})
        light_refresh(root, lead_files)
    assert found == [[]]
    assert leads(root) == ["a", "b", "c"]
