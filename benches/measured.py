"""What a process and those it starts cost: time, processor time, memory at the peak."""

import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

EVERY = 1.0
"""Seconds between two looks at the memory; a look takes a twentieth of one where much is in use."""


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
        RuntimeError: it failed; the log has its words.
    """
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
    if process.returncode:
        raise RuntimeError(f"{module} ended with {process.returncode}; see {log}\n{printed}")
    return Cost(seconds, _processor_seconds_of_children() - used, peak.memory), printed


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
