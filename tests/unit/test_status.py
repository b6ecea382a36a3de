"""What status says where readers see nothing."""

from pathlib import Path

import duckdb

from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.console import run


def test_a_pointer_that_is_gone_needs_a_person(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    nothing_yet = run("status", "--check", "--state", state.root)
    assert nothing_yet.returncode == 0
    run_id = "20260601T000001-aaaaaa"
    generations, ledger = Generations(state), ControlLedger(state.control)
    ledger.plan(run_id)
    state.building.parent.mkdir(parents=True)
    duckdb.connect(str(state.building)).close()
    generations.seal(run_id, {"as_of": "2026-06-01", "is_past": False, "inputs": []})
    generations.publish(run_id)
    ledger.publish(run_id, [])
    state.current.unlink()
    told = run("status", "--check", "--state", state.root)
    assert told.returncode == 1
    assert f"damaged: {state.current} is gone, so readers see nothing; they saw {run_id}; " in (
        told.stdout
    )
