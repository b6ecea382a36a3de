"""The warehouse under trial: where it starts, what comes next, and what must hold whatever befalls.

Two deliveries of the stories: what is published before, and what a refresh brings. With the clock
frozen both have one digest each, and readers may see nothing but the one or the other.
"""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lead_warehouse import PROJECT_DIR
from lead_warehouse.failpoints import FAILPOINT
from lead_warehouse.refresh.reconcile import inputs_of
from lead_warehouse.state.control import OPEN_STATES, ControlLedger
from lead_warehouse.state.digest import combined_digest, digest_tables
from lead_warehouse.state.engine import open_read_only
from lead_warehouse.state.generations import MANIFEST_FILE, Generations
from lead_warehouse.state.layout import WAREHOUSE_FILE, StateDirectory
from lead_warehouse.status import read_status

STORIES = PROJECT_DIR / "tests" / "fixtures" / "stories"
BEFORE, AFTER = "2027-03-01T08:00:00Z", "2027-03-02T08:00:00Z"
LATER = ("interactions.csv", "qualifications.csv", "leads_changed.csv")
"""Files of the second delivery."""
OLDER = 6
"""Generations beside the published one, so that retention has something to remove."""
TIME_TO_END = 300.0
TIME_TO_DIE = 30.0


class Broken(AssertionError):
    """A promise was broken."""


@dataclass(frozen=True)
class Subject:
    """A published warehouse to be copied for each trial, and the deliveries.

    Attributes:
        published: the digest that readers see at first.
        complete: the digest after a refresh that nothing disturbs.
        seconds: how long that refresh takes here.
    """

    state: Path
    first: Path
    second: Path
    wrong: Path
    published: str
    complete: str
    seconds: float


def prepare(folder: Path) -> Subject:
    """Publish the first delivery, and find out what the second one gives."""
    first, second, wrong = (folder / name for name in ("first", "second", "wrong"))
    for inputs in (first, second, wrong):
        shutil.copytree(STORIES, inputs)
    for name in LATER:
        (first / name).unlink()
    (wrong / "lead_stage_changes.csv").write_text(
        "lead_id,stage,changed_at,changed_by,reason\n"
        + "".join(f"nobody_{n},mql,2026-01-0{n} 09:00:00,ann,\n" for n in range(1, 10))
    )
    state = folder / "state"
    ended(start(refresh(state, first), now=BEFORE), 0)
    with_older_generations(StateDirectory(state))
    published = digest_of(state)
    undisturbed = copy(state, folder / "undisturbed")
    started = time.monotonic()
    ended(start(refresh(undisturbed, second)), 0)
    seconds = time.monotonic() - started
    complete = digest_of(undisturbed)
    shutil.rmtree(undisturbed)
    if published == complete:
        raise Broken("the second delivery changes nothing, so nothing could be told apart")
    return Subject(state, first, second, wrong, published, complete, seconds)


def with_older_generations(state: StateDirectory) -> None:
    """Put older generations beside the published one, for retention and for rollbacks."""
    current = Generations(state).find(None)
    ledger = ControlLedger(state.control)
    for number in range(OLDER):
        run_id = f"20200101T00000{number}-aaaaaa"
        folder = state.generation(run_id)
        shutil.copytree(current.folder, folder)
        manifest = json.loads((folder / MANIFEST_FILE).read_text())
        (folder / MANIFEST_FILE).write_text(json.dumps({**manifest, "run_id": run_id}))
        ledger.plan(run_id)
        ledger.publish(run_id, inputs_of(current))


def copy(state: Path, target: Path) -> Path:
    """A warehouse of its own for a trial."""
    shutil.copytree(state, target, symlinks=True)
    return target


def refresh(state: Path, inputs: Path) -> list[str]:
    """Arguments of a refresh."""
    return ["refresh", "--state", str(state), "--mapping", str(inputs / "mapping.yml")]


def start(
    arguments: Sequence[str], failpoint: str | None = None, now: str = AFTER
) -> subprocess.Popen[str]:
    """The console script in a session of its own, so that all its processes can be found."""
    environment = {**os.environ, "LEAD_WAREHOUSE_NOW": now}
    environment.pop(FAILPOINT, None)
    if failpoint:
        environment[FAILPOINT] = failpoint
    return subprocess.Popen(
        [sys.executable, "-m", "lead_warehouse", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str], *codes: int) -> str:
    """Wait for a process to end with one of the codes; returns what it complained of."""
    _, told = process.communicate(timeout=TIME_TO_END)
    if process.returncode not in codes:
        raise Broken(f"exit code {process.returncode}: {told.strip()[-600:]}")
    return told


def kill(process: subprocess.Popen[str], with_children: bool) -> bool:
    """Kill a process, with or without what it started; false when it had ended by itself."""
    if process.poll() is not None:
        return False
    if with_children:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    if process.stderr:
        process.stderr.close()
    process.wait()
    return process.returncode == -signal.SIGKILL


def nobody_left(session: int) -> None:
    """What a killed refresh had started ends soon after it.

    Raises:
        Broken: a process of the session lives on.
    """
    deadline = time.monotonic() + TIME_TO_DIE
    while left := _members(session):
        if time.monotonic() > deadline:
            raise Broken(f"processes {left} outlive the refresh that started them")
        time.sleep(0.1)


def _members(session: int) -> list[int]:
    """Processes of a session, as Linux lists them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, member_of, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        if int(member_of) == session and state != "Z":
            found.append(int(folder.name))
    return found


def digest_of(state: Path) -> str:
    """The digest of what readers see, computed from the rows themselves."""
    with Generations(StateDirectory(state)).reading() as connection:
        return combined_digest(digest_tables(connection))


def must_be_whole(state: Path, *allowed: str) -> str:
    """Hold a warehouse against what must be true after any fault; returns the digest readers see.

    Raises:
        Broken: readers see something else, a file is torn, or nobody can say where it stands.
    """
    digest = digest_of(state)
    if digest not in allowed:
        raise Broken(f"readers see digest {digest[:12]}, which no refresh was to publish")
    where = StateDirectory(state)
    if Generations(where).find(None).digest != digest:
        raise Broken("the manifest of the published generation tells another digest")
    if read_status(where).current is None:
        raise Broken("status says that nothing is published")
    for generation in Generations(where).all():
        with open_read_only(generation.database) as connection:
            connection.execute("select count(*) from marts.dim_leads").fetchall()
    for path in where.landing.glob("??/" + "?" * 64):
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                raise Broken(f"archived file {path.name[:12]} is not what it is named for")
    for path in where.publications.glob("*.parquet"):
        with duckdb.connect() as connection:
            connection.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall()
    with sqlite3.connect(where.control) as ledger:
        if ledger.execute("pragma integrity_check").fetchone() != ("ok",):
            raise Broken("the ledger is damaged")
    return digest


def must_be_complete(state: Path, subject: Subject) -> None:
    """Hold a warehouse against what must be true after a refresh that ended well.

    Raises:
        Broken: it differs from one that nothing befell, or something was left lying about.
    """
    must_be_whole(state, subject.complete)
    where = StateDirectory(state)
    left = [*state.glob(".current-*"), *where.landing.glob(".partial-*")]
    left += [*where.publications.glob("*.partial"), *state.glob(".project-fresh")]
    left += [where.building.parent] if where.building.parent.exists() else []
    known = {generation.folder for generation in Generations(where).all()}
    left += [path for path in where.generations.iterdir() if path not in known]
    if left:
        raise Broken(f"left over: {', '.join(str(path.relative_to(state)) for path in left)}")
    unsettled = [run for run in ControlLedger(where.control).runs() if run.state in OPEN_STATES]
    if unsettled:
        raise Broken(f"runs left open: {', '.join(run.run_id for run in unsettled)}")
    for generation in where.generations.iterdir():
        if (generation / WAREHOUSE_FILE).stat().st_mode & 0o222:
            raise Broken(f"{generation.name} can be written to")
