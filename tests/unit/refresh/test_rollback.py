"""What a rollback and a release refuse before anything changes."""

from pathlib import Path

import duckdb
import pytest

from lead_warehouse.errors import UserError
from lead_warehouse.refresh.rollback import roll_back
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.console import run

FIRST, PAST, KEPT, NOW = (
    f"20260601T00000{second}-{end}"
    for second, end in enumerate(("aaaaaa", "bbbbbb", "cccccc", "dddddd"))
)


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    """A first generation, a rebuild of the past, one that was never published, the current one."""
    state = StateDirectory(tmp_path / "state")
    generations, ledger = Generations(state), ControlLedger(state.control)
    for run_id in (FIRST, PAST, KEPT, NOW):
        ledger.plan(run_id)
        state.building.parent.mkdir(parents=True)
        duckdb.connect(str(state.building)).close()
        manifest = {"as_of": "2026-06-01", "is_past": run_id == PAST, "inputs": [], "digest": "d"}
        generations.seal(run_id, manifest)
        if run_id in (FIRST, NOW):
            generations.publish(run_id)
            ledger.publish(run_id, [])
        else:
            ledger.move(run_id, "kept", "-")
    return state


@pytest.mark.parametrize("like", [PAST, KEPT, NOW])
def test_a_rollback_proposes_only_what_it_would_accept(state: StateDirectory, like: str) -> None:
    with pytest.raises(UserError) as told:
        roll_back(state, f"{like}x")
    assert str(told.value) == (
        f"no generation '{like}x'; did you mean '{FIRST}'?; `lead-warehouse generations` lists them"
    )


def test_what_is_named_and_not_accepted_says_why(state: StateDirectory) -> None:
    for name, why in [(PAST, "rebuild of the past"), (KEPT, "never published"), ("current", "is")]:
        with pytest.raises(UserError, match=why):
            roll_back(state, name)


@pytest.mark.parametrize("command", ["release", "rollback"])
def test_a_mistyped_state_directory_is_not_made(tmp_path: Path, command: str) -> None:
    wrong = run(command, "--state", tmp_path / "typo")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    assert f"nothing is published in {tmp_path / 'typo'}" in wrong.stderr
    assert not (tmp_path / "typo").exists()
