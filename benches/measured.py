"""What a process and those it starts cost: time, processor time, memory at the peak."""

import ctypes
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

EVERY = 1.0
"""Seconds between two looks at the memory; a look takes a twentieth of one where much is in use."""

ORPHANS_END = 10.0
"""Seconds that processes are waited for which one left behind that has ended: it was what they
served, so they end by themselves."""

_PR_SET_CHILD_SUBREAPER = 36

LAST_WORDS = 10
"""Lines of its log that are told of a process that failed."""


class Cost(NamedTuple):
    """What running something took; processor time is of all its processes, memory in bytes."""

    seconds: float
    processor_seconds: float
    memory: int


def run_measured(
    module: str, *arguments: object, environment: Mapping[str, str], log: Path
) -> tuple[Cost, str]:
    """Run a module of Python in a process of its own; what it prints comes with its cost.

    Raises:
        RuntimeError: it failed, with its last words: the log may lie in a folder that is removed.
    """
    _adopt_orphans()
    others = set(psutil.Process().children())
    command: Sequence[str] = [sys.executable, "-m", module, *map(str, arguments)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as words:
        started, used = time.monotonic(), _processor_seconds_of_children()
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=words, text=True, env=dict(environment)
        )
        peak = _Peak(process.pid)
        peak.start()
        printed, _ = process.communicate()
        seconds = time.monotonic() - started
        peak.stop()
        _wait_for_orphans(others)
    if process.returncode:
        last = "\n".join(log.read_text(encoding="utf-8").splitlines()[-LAST_WORDS:])
        told = f"{module} ended with {process.returncode}; see {log}"
        raise RuntimeError(f"{told}\n{printed}\n{last}")
    return Cost(seconds, _processor_seconds_of_children() - used, peak.memory), printed


def _adopt_orphans() -> None:
    """Have this process wait for what its children leave behind.

    Steps of a refresh are forked by a server that nobody waits for: it ends when the refresh has.
    Only of processes somebody waited for does Linux tell the time they took.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _wait_for_orphans(others: Set[psutil.Process]) -> None:
    psutil.wait_procs(set(psutil.Process().children()) - others, timeout=ORPHANS_END)


def _processor_seconds_of_children() -> float:
    times = psutil.Process().cpu_times()
    return float(times.children_user + times.children_system)


class _Peak(threading.Thread):
    """Looks at the memory of a process and its descendants until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.memory = 0
        self._root = psutil.Process(pid)
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(EVERY):
            self.memory = max(self.memory, self._now())

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _now(self) -> int:
        """Memory in use; what forks share counts once where the system can tell."""
        found = 0
        with suppress(psutil.Error):
            for process in [self._root, *self._root.children(recursive=True)]:
                with suppress(psutil.Error):
                    used = process.memory_full_info()
                    found += getattr(used, "pss", used.rss)
        return found
