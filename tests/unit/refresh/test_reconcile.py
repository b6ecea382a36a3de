from pathlib import Path

import duckdb

from lead_warehouse.refresh.reconcile import reconcile
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

INPUT = {
    "input_name": "crm",
    "file_digest": "d",
    "file_name": "a.csv",
    "received_at": "2026-01-01T00:00:00",
}


def test_the_pointer_decides_and_leftovers_go(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    ledger, generations = ControlLedger(state.control), Generations(state)
    for run_id in ("published", "sealed", "landed", "done"):
        ledger.plan(run_id)
    for run_id in ("published", "sealed"):
        state.building.parent.mkdir()
        duckdb.connect(str(state.building)).close()
        generations.seal(run_id, {"inputs": [INPUT], "as_of": "2026-01-01"})
        ledger.move(run_id, "sealed")
    generations.publish("published")
    ledger.move("landed", "landed")
    ledger.move("done", "rejected")
    ledger.plan("mine")
    state.building.parent.mkdir()
    (state.root / ".current-1").symlink_to("nowhere")
    state.landing.mkdir()
    (state.landing / ".partial-1").touch()

    done = reconcile(state, ledger, "mine")

    assert {run.run_id: run.state for run in ledger.runs()} == {
        "published": "published",
        "sealed": "abandoned",
        "landed": "abandoned",
        "done": "rejected",
        "mine": "planned",
    }
    assert len(done) == 3
    assert [one.file_name for one in ledger.received_inputs()] == ["a.csv"]
    assert not state.generation("sealed").exists()
    assert state.generation("published").exists()
    assert not state.building.parent.exists()
    assert not (state.root / ".current-1").is_symlink()
    assert not list(state.landing.iterdir())
    assert reconcile(state, ledger, "mine") == []
