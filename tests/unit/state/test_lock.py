import json
import os
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
