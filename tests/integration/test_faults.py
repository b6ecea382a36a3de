"""Crashes, collisions and readers, by the numbers of the fault matrix."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lead_warehouse.errors import RunFailed
from lead_warehouse.failpoints import FAILPOINT
from lead_warehouse.refresh.worker import run_in_worker
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import exclusive_lock, is_locked
from tests.chaos.readers import make_generation, read_during_publishes
from tests.conftest import refresh_state

CLI = [sys.executable, "-m", "lead_warehouse"]
FROZEN = {"LEAD_WAREHOUSE_NOW": "2027-03-01T08:00:00Z"}


def refresh_process(
    state: Path, mapping: Path, failpoint: str | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **FROZEN}
    if failpoint:
        environment[FAILPOINT] = failpoint
    return subprocess.run(
        [*CLI, "refresh", "--state", str(state), "--mapping", str(mapping)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@pytest.fixture
def changed_exports(exports: Path) -> Path:
    """The sample with news: more deals and later stages."""
    (exports / "affaires_2.csv").write_text(
        "Affaire;Contact;Statut;Montant HT;Ouverte le;Close le;Motif\n"
        "D-n1;L-000001;En cours;1000,00;01/02/2025 10:00;;\n"
        "D-n2;L-000002;Gagnée;2000,00;01/02/2025 10:00;01/04/2025 10:00;\n"
    )
    return exports


@pytest.fixture(scope="session")
def digest_never_killed(
    published_sample: Path, sample_exports: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """What a refresh of the changed exports gives when nothing goes wrong."""
    folder = tmp_path_factory.mktemp("never_killed")
    shutil.copytree(published_sample, folder / "state", symlinks=True)
    shutil.copytree(sample_exports, folder / "exports")
    (folder / "exports" / "affaires_2.csv").write_text(
        "Affaire;Contact;Statut;Montant HT;Ouverte le;Close le;Motif\n"
        "D-n1;L-000001;En cours;1000,00;01/02/2025 10:00;;\n"
        "D-n2;L-000002;Gagnée;2000,00;01/02/2025 10:00;01/04/2025 10:00;\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in FROZEN.items():
            patch.setenv(name, value)
        report = refresh_state(folder / "state", folder / "exports" / "mapping.yml")
    assert report.digest is not None
    return report.digest


def test_fault_1_killed_while_it_lands_then_the_same_digest_as_never_killed(
    sample_state: Path,
    changed_exports: Path,
    digest_never_killed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = Generations(StateDirectory(sample_state)).find(None)
    mapping = changed_exports / "mapping.yml"
    killed = refresh_process(sample_state, mapping, "landing")
    assert killed.returncode == -signal.SIGKILL
    assert Generations(StateDirectory(sample_state)).find(None) == before
    assert (sample_state / "building").exists()
    for name, value in FROZEN.items():
        monkeypatch.setenv(name, value)
    report = refresh_state(sample_state, mapping)
    assert report.digest == digest_never_killed != before.digest
    assert any("died in state" in line for line in report.reconciled)
    states = {run.state for run in ControlLedger(StateDirectory(sample_state).control).runs()}
    assert states == {"published", "abandoned"}


def test_fault_5_of_two_refreshes_one_leaves_at_once_and_names_the_other(
    sample_state: Path, sample_exports: Path
) -> None:
    state = StateDirectory(sample_state)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, str(state.lock)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        late = refresh_process(sample_state, sample_exports / "mapping.yml")
        assert late.returncode == 1
        assert f"process {holder.pid}" in late.stderr
        assert late.stderr.count("\n") == 1
        assert is_locked(state.lock)
    finally:
        holder.kill()
        holder.wait()
    # Fault 6: the kernel releases what a dead process held; nobody has to help.
    with exclusive_lock(state.lock, "test"):
        pass


HOLD_LOCK = """
import sys, time
from pathlib import Path
from lead_warehouse.state.lock import exclusive_lock
with exclusive_lock(Path(sys.argv[1]), "refresh"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_fault_7_readers_see_whole_generations_in_order_during_200_publishes(
    tmp_path: Path,
) -> None:
    tally = read_during_publishes(tmp_path, 200, lambda _: None)
    assert tally.failures == []
    assert tally.outcomes["reads, none torn, none older after newer"] >= 300


def test_fault_19_a_generation_being_read_outlives_retention(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    generations = Generations(state)
    first = make_generation(state, 1)
    generations.publish(first)
    database = generations.find(None).database
    reader = subprocess.Popen(
        [sys.executable, "-c", HOLD_OPEN, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None and reader.stdin is not None
    assert reader.stdout.readline() == "open\n"
    for number in range(2, 9):
        generations.publish(make_generation(state, number))
    generations.retain()
    assert database.exists()
    answer, _ = reader.communicate("ask\n", timeout=120)
    assert answer == "1000\n"
    generations.retain()
    assert not database.exists()


HOLD_OPEN = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.readline()
print(connection.execute("select count(*) from marts.first").fetchone()[0])
"""


def test_fault_19_a_generation_read_in_the_same_process_stays_too(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    generations = Generations(state)
    first = make_generation(state, 1)
    generations.publish(first)
    for number in range(2, 9):
        generations.publish(make_generation(state, number))
    with generations.reading(first) as connection:
        assert first not in generations.retain()
        # Asking has not cost this reader its lock: another process would still see it.
        asked = [sys.executable, "-c", IS_READ, str(state.generation(first) / "warehouse.duckdb")]
        answer = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        assert answer == "True\n"
        assert connection.execute("select count(*) from marts.first").fetchone() == (1000,)
    assert first in generations.retain()


IS_READ = """
import sys
from pathlib import Path
from lead_warehouse.state.readers import is_being_read
print(is_being_read(Path(sys.argv[1])))
"""


def test_fault_19_a_reader_who_comes_while_a_generation_is_removed_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateDirectory(tmp_path / "state")
    generations = Generations(state)
    for number in range(1, 8):
        generations.publish(make_generation(state, number))
    oldest = generations.all()[-1]
    opened: list[duckdb.DuckDBPyConnection] = []

    def open_meanwhile(name: str) -> None:
        if name == "retaining" and not opened:
            aside = next(state.generations.glob(".removing-*"))
            opened.append(duckdb.connect(str(aside / "warehouse.duckdb"), read_only=True))

    monkeypatch.setattr("lead_warehouse.state.generations.failpoint", open_meanwhile)
    removed = generations.retain()
    assert opened and len(removed) == 1
    kept = {one.run_id for one in generations.all()}
    assert len(kept) == 6 and not list(state.generations.glob(".removing-*"))
    opened[0].close()
    assert len(generations.retain()) == 1
    assert oldest.run_id not in {one.run_id for one in generations.all()}


def test_fault_8_a_reader_that_stays_open_keeps_its_generation_across_publishes(
    tmp_path: Path,
) -> None:
    state = StateDirectory(tmp_path / "state")
    generations = Generations(state)
    generations.publish(make_generation(state, 1))
    with generations.reading() as connection:
        for number in range(2, 10):
            generations.publish(make_generation(state, number))
            generations.retain(newest=2)
            for table in ("first", "second"):
                sql = f"select distinct n from marts.{table}"
                assert connection.execute(sql).fetchall() == [(1,)]
    with generations.reading() as connection:
        assert connection.execute("select distinct n from marts.first").fetchall() == [(9,)]


def test_fault_6_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    assert is_locked(path)
    holder.kill()
    holder.wait()
    with exclusive_lock(path, "test"):
        pass


def test_fault_9_a_stale_log_beside_a_generation_stops_its_publication(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    generations = Generations(state)
    first, second = make_generation(state, 1), make_generation(state, 2)
    generations.publish(first)
    log = state.generation(second) / "warehouse.duckdb.wal"
    log.write_bytes(b"stale")
    with pytest.raises(RunFailed, match=r"warehouse\.duckdb\.wal"):
        generations.publish(second)
    assert generations.current_id() == first


def test_fault_9_a_stale_log_beside_the_published_file_stops_the_next_refresh(
    sample_state: Path, sample_exports: Path
) -> None:
    generation = Generations(StateDirectory(sample_state)).find(None)
    generation.database.with_name("warehouse.duckdb.wal").write_bytes(b"stale")
    with pytest.raises(RunFailed, match="would be replayed"):
        refresh_state(sample_state, sample_exports / "mapping.yml")


def sleep_long(report: object, pid_file: str) -> None:
    Path(pid_file).write_text(str(os.getpid()))
    time.sleep(120)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_fault_2_a_step_ends_with_the_refresh_that_was_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    parent = subprocess.Popen(
        [sys.executable, "-c", START_STEP, str(pid_file)], cwd=Path(__file__).parents[2]
    )
    until(lambda: pid_file.exists() and pid_file.read_text() != "")
    step = int(pid_file.read_text())
    assert is_alive(step)
    parent.kill()
    parent.wait()
    until(lambda: not is_alive(step))


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


START_STEP = """
import sys
from pathlib import Path
from lead_warehouse.refresh.worker import run_in_worker
from tests.integration.test_faults import sleep_long
if __name__ == "__main__":
    folder = Path(sys.argv[1]).parent
    run_in_worker(
        sleep_long, sys.argv[1], log=folder / "log", report=print, folder=folder, environment={}
    )
"""


def crash(report: object, code: int) -> None:
    os._exit(code)


def fail(report: object) -> None:
    raise ValueError("no such thing")


def test_a_step_that_dies_or_raises_fails_the_run(tmp_path: Path) -> None:
    log = tmp_path / "step.log"
    with pytest.raises(RunFailed, match="exit code 3"):
        run_in_worker(crash, 3, log=log, report=lambda _: None, folder=tmp_path, environment={})
    with pytest.raises(RunFailed, match="no such thing"):
        run_in_worker(fail, log=log, report=lambda _: None, folder=tmp_path, environment={})
    assert "ValueError" in log.read_text()
