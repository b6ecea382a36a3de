import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lead_warehouse.errors import RunFailed
from lead_warehouse.state.lock import exclusive_lock, is_locked


def test_the_second_is_refused_at_once_and_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "refresh.lock"
    assert not is_locked(path)
    with exclusive_lock(path, "refresh"):
        assert is_locked(path)
        assert json.loads(path.read_text())["pid"] == os.getpid()
        held_by_me = pytest.raises(RunFailed, match=f"lock: process {os.getpid()}")
        with held_by_me, exclusive_lock(path, "rollback"):
            pass
    assert not is_locked(path)
    with exclusive_lock(path, "rollback"):
        pass


def test_a_lock_file_without_a_holder_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    path.write_text('{"pid": 1, "since": "2026-01-01", "for": "refresh", "and": "more text"}')
    with exclusive_lock(path, "refresh"):
        assert json.loads(path.read_text())["pid"] == os.getpid()


def test_who_only_asks_whether_it_is_locked_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    path.touch()
    asking = threading.Event()

    def ask() -> None:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            asking.set()
            time.sleep(0.1)

    status = threading.Thread(target=ask)
    status.start()
    asking.wait()
    with exclusive_lock(path, "refresh"):
        assert json.loads(path.read_text())["pid"] == os.getpid()
    status.join()


HOLD = """
import sys, time
from pathlib import Path
from lead_warehouse.state.lock import exclusive_lock
with exclusive_lock(Path(sys.argv[1]), "refresh"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_fault_6_a_lock_whose_holder_was_killed_is_free(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    refused = pytest.raises(RunFailed, match=f"process {holder.pid}, since")
    with refused, exclusive_lock(path, "refresh"):
        pass
    holder.kill()
    holder.wait()
    # Nobody removes anything: the file and the name in it stay where they are.
    assert json.loads(path.read_text())["pid"] == holder.pid
    assert not is_locked(path)
    with exclusive_lock(path, "refresh"):
        assert json.loads(path.read_text())["pid"] == os.getpid()
