"""A disk that is full at one stage of a refresh after the other."""

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.layout import StateDirectory
from tests.chaos.kills import Say
from tests.chaos.subject import (
    Broken,
    Subject,
    copy,
    ended,
    must_be_complete,
    must_be_whole,
    refresh,
    start,
)
from tests.chaos.tally import Tally

PAGE = 4096
ROOM = (0.0, 1.05, 2.0, 0.5, 1.3, 0.05, 1.15, 3.0, 0.9, 1.02, 1.6, 0.2)
"""Room on the disk, in sizes of the published file: too little to copy it, to build, to seal."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system in memory, whose size ``resize`` sets.

    Raises:
        PermissionError: it may not be mounted here.
    """
    folder.mkdir(parents=True)
    mounted = _mount("-t", "tmpfs", "-o", "size=4g", "tmpfs", str(folder))
    if mounted.returncode:
        raise PermissionError(mounted.stderr.strip() or "mount is not allowed")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


def _mount(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["mount", *arguments], check=False, capture_output=True, text=True)
    except FileNotFoundError:
        raise PermissionError("there is no mount here") from None


def resize(disk: Path, size: int) -> None:
    """Set the size of a small disk, in bytes."""
    changed = _mount("-o", f"remount,size={size}", str(disk))
    if changed.returncode:
        raise Broken(f"the disk could not be resized: {changed.stderr}")


def used(disk: Path) -> int:
    """Bytes that a small disk holds."""
    found = subprocess.run(
        ["df", "--block-size=1", "--output=used", str(disk)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(found.stdout.split()[-1])


def fill_disks(
    subject: Subject, folder: Path, sizes: int, chance: random.Random, say: Say
) -> Tally:
    """Give a refresh a little more room each time, until it has enough."""
    tally = Tally("disk full")
    database = next((subject.state / "generations").glob("*/warehouse.duckdb")).stat().st_size
    try:
        with small_disk(folder / "disk") as disk:
            for number, share in enumerate(ROOM[:sizes]):
                room = int(database * share) // PAGE * PAGE + chance.randrange(16) * PAGE
                resize(disk, 4 << 30)
                state = copy(subject.state, disk / f"state_{number}")
                with tally.watch(f"{room:,} bytes of room"):
                    tally.saw(_with_room(subject, state, disk, room))
                say(f"{tally.fault}: {room >> 20} MB of room: {tally.outcome}")
                subprocess.run(["rm", "-rf", str(state)], check=True)
    except PermissionError as reason:
        tally.skipped = str(reason)
    return tally


def _with_room(subject: Subject, state: Path, disk: Path, room: int) -> str:
    resize(disk, used(disk) + max(room, PAGE))
    process = start(refresh(state, subject.second))
    told = ended(process, 0, 1)
    if process.returncode == 0:
        must_be_complete(state, subject)
        return "there was room enough"
    must_be_whole(state, subject.published)
    if "Traceback" in told:
        raise Broken(f"not told in a line: {told[-300:]}")
    where = StateDirectory(state)
    left = [*where.landing.glob(".partial-*"), *state.glob(".current-*")]
    left += [where.building.parent] if where.building.parent.exists() else []
    if left:
        raise Broken(f"left over: {', '.join(path.name for path in left)}")
    stopped = f"stopped after `{_last_state(where)}`, complete once there was room"
    resize(disk, 4 << 30)
    again = start(refresh(state, subject.second))
    ended(again, 0)
    must_be_complete(state, subject)
    return stopped


def _last_state(where: StateDirectory) -> str:
    """How far the last run came before it failed."""
    ledger = ControlLedger(where.control)
    [last, *_] = ledger.runs()
    return [state for state, _ in ledger.states_of(last.run_id) if state != "failed"][-1]
