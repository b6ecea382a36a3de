"""One refresh at a time, by an OS lock that the kernel releases when its holder dies."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lead_warehouse.clock import utc_now
from lead_warehouse.errors import RunFailed

ASKING_SECONDS = 0.5
"""How long a lock may be taken by those who only ask for it; see ``is_locked``."""


@contextmanager
def exclusive_lock(path: Path, purpose: str) -> Iterator[None]:
    """Hold the lock at ``path`` for the block; the file names the holder for others to read.

    Raises:
        RunFailed: at once when another process holds it, naming that process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(descriptor):
            raise RunFailed(
                f"another {_describe_holder(path)}; wait for it to end, or stop it, and try again"
            )
        holder = {"pid": os.getpid(), "since": utc_now().isoformat(" ", "seconds"), "for": purpose}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    """Take the lock, unless somebody holds it longer than it takes to ask for it."""
    latest = time.monotonic() + ASKING_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > latest:
                return False
            time.sleep(ASKING_SECONDS / 50)


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock at ``path`` now.

    The kernel tells only by giving the lock, shared and for an instant, to whoever asks.
    """
    if not path.exists():
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: the process, since when (UTC), and what for."""

    pid: int
    since: str
    purpose: str


def holder_of(path: Path) -> Holder | None:
    """Who holds the lock at ``path`` now; none when nobody does, or nobody can tell."""
    return _read_holder(path) if is_locked(path) else None


def _read_holder(path: Path) -> Holder | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Holder(told["pid"], told["since"], told["for"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _describe_holder(path: Path) -> str:
    holder = _read_holder(path)
    if holder is None:
        return f"process holds the lock {path}"
    return f"{holder.purpose} holds the lock: process {holder.pid}, since {holder.since}"
