"""What a process is said to have cost holds all that it started."""

import os
from pathlib import Path

import pytest

from benches.measured import run_measured

BUSY = "until = time.process_time() + 0.5\nwhile time.process_time() < until: pass\n"

LEAVES_ONE_BEHIND = f"""
import os, time
if os.fork() == 0:
    {BUSY.replace(chr(10), chr(10) + "    ")}
    os._exit(0)
print("ended")
"""


@pytest.fixture
def module(tmp_path: Path) -> str:
    (tmp_path / "leaves_one_behind.py").write_text(LEAVES_ONE_BEHIND, "utf-8")
    return "leaves_one_behind"


def test_what_a_process_leaves_behind_counts(module: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    cost, printed = run_measured(module, environment=environment, log=tmp_path / "log")
    assert printed == "ended\n"
    assert cost.processor_seconds >= 0.5


def test_a_module_that_fails_tells_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text("raise SystemExit('no room')", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with pytest.raises(RuntimeError, match="no room"):
        run_measured("fails", environment=environment, log=tmp_path / "log")
