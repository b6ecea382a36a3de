"""Readers returned to an earlier generation, and what later refreshes make of it."""

from pathlib import Path

import pytest

from lead_warehouse import doctor
from lead_warehouse.errors import LeadWarehouseError, RunFailed, UserError
from lead_warehouse.refresh.rollback import release, roll_back
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.hold import read_hold
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.status import read_status
from tests.conftest import ask
from tests.light import deliver, light_refresh, light_steps


def leads(root: Path) -> list[str]:
    return [lead for (lead,) in ask(root, "select lead_id from marts.dim_leads order by 1")]


def inputs(root: Path) -> list[str]:
    return [one.file_name for one in ControlLedger(StateDirectory(root).control).received_inputs()]


def test_a_rollback_holds_publishing_until_released(root: Path, lead_files: Path) -> None:
    state = StateDirectory(root)
    done = roll_back(state, None)
    assert done.hold is not None and leads(root) == ["a"]
    with light_steps():
        report = light_refresh(root, lead_files)
    assert (report.state, report.is_published) == ("kept", False)
    assert str(report.held_because).startswith("publishing is on hold since")
    assert leads(root) == ["a"]
    status = read_status(state)
    assert [one.code for one in status.standings] == ["on hold", "kept"]
    assert status.needs_person and report.run_id in status.standings[0].sentence
    # What was never shown is no generation to return to.
    with pytest.raises(UserError, match="never published"):
        roll_back(state, report.run_id)
    with pytest.raises(UserError, match="nothing to roll back to"):
        roll_back(state, None)
    released = release(state, publish=True)
    assert released.published is not None and released.published.run_id == report.run_id
    assert leads(root) == ["a", "b"]
    assert not read_status(state).needs_person
    [hold] = ControlLedger(state.control).holds()
    assert hold[2] == done.left and hold[5] is not None
    with pytest.raises(UserError, match="not on hold"):
        release(state)


def test_a_release_alone_lets_the_next_refresh_publish(root: Path, lead_files: Path) -> None:
    roll_back(StateDirectory(root), None)
    with pytest.raises(UserError, match="no generation was built since"):
        release(StateDirectory(root), publish=True)
    assert read_hold(StateDirectory(root)) is not None
    assert release(StateDirectory(root)).published is None
    assert leads(root) == ["a"]
    with light_steps():
        assert light_refresh(root, lead_files).is_published
    assert leads(root) == ["a", "b"]


def test_a_rollback_without_a_hold_lets_the_next_refresh_publish(
    root: Path, lead_files: Path
) -> None:
    assert roll_back(StateDirectory(root), None, with_hold=False).hold is None
    with light_steps():
        assert light_refresh(root, lead_files).is_published


def test_a_hold_and_what_was_rolled_back_outlive_the_ledger(root: Path, lead_files: Path) -> None:
    state = StateDirectory(root)
    left = roll_back(state, None).left
    state.control.unlink()
    with light_steps():
        report = light_refresh(root, lead_files)
    assert report.state == "kept"
    assert "the ledger was lost; 2 runs" in report.reconciled[0]
    states = {run.run_id: run.state for run in ControlLedger(state.control).runs()}
    assert states[left] == "rolled back"
    assert states[str(Generations(state).current_id())] == "published"
    assert leads(root) == ["a"]


def test_a_hold_that_cannot_be_read_still_holds(root: Path, lead_files: Path) -> None:
    StateDirectory(root).hold.write_text("{")
    with light_steps():
        assert light_refresh(root, lead_files).state == "kept"


def test_what_a_hold_kept_back_costs_no_rollback(root: Path, lead_files: Path) -> None:
    state = StateDirectory(root)
    shown = {one.run_id for one in Generations(state).all()}
    roll_back(state, None)
    with light_steps():
        for _ in range(3):
            light_refresh(root, lead_files, keep=2)
    kept = {one.run_id for one in Generations(state).all()}
    assert shown <= kept and len(kept) == 4


def test_what_was_rolled_back_is_no_base_though_what_readers_see_is_damaged(
    root: Path, lead_files: Path
) -> None:
    state = StateDirectory(root)
    left = roll_back(state, None, with_hold=False).left
    (lead_files / "leads_2.csv").unlink()
    with light_steps():
        light_refresh(root, lead_files)
        (state.current / "warehouse.duckdb").unlink()
        report = light_refresh(root, lead_files)
    assert report.is_published and report.base != left
    assert leads(root) == ["a"]


def test_a_file_that_landed_during_a_hold_is_not_asked_for_again(
    root: Path, lead_files: Path
) -> None:
    state = StateDirectory(root)
    roll_back(state, None)
    (lead_files / "leads_2.csv").unlink()
    deliver(lead_files, "3", {"c": "c@x.fr"})
    with light_steps():
        assert light_refresh(root, lead_files).state == "kept"
        (lead_files / "leads_3.csv").unlink()
        deliver(lead_files, "4", {"d": "d@x.fr"})
        light_refresh(root, lead_files)
    release(state, publish=True)
    assert leads(root) == ["a", "c", "d"]


def test_what_a_rollback_took_out_does_not_stay_by_being_delivered_during_the_hold(
    root: Path, lead_files: Path
) -> None:
    roll_back(StateDirectory(root), None)
    with light_steps():
        assert light_refresh(root, lead_files).state == "kept"
        assert inputs(root) == ["leads_1.csv"]
        (lead_files / "leads_2.csv").unlink()
        light_refresh(root, lead_files)
    release(StateDirectory(root), publish=True)
    assert leads(root) == ["a"]


def test_a_file_published_in_spite_of_an_earlier_rollback_is_known_again(
    root: Path, lead_files: Path
) -> None:
    roll_back(StateDirectory(root), None)
    with light_steps():
        light_refresh(root, lead_files)
    release(StateDirectory(root), publish=True)
    assert inputs(root) == ["leads_1.csv", "leads_2.csv"]
    roll_back(StateDirectory(root), None)
    assert inputs(root) == ["leads_1.csv"]


def test_a_rollback_forgets_only_what_came_later(root: Path, lead_files: Path) -> None:
    """An input leaves the mapping for one generation: its files are no later ones."""
    mapping = lead_files / "mapping.yml"
    both = mapping.read_text()
    leads_input = both.partition("inputs:")[2]
    other = leads_input.replace("name: leads", "name: others").replace("leads_*", "others_*")
    (lead_files / "others_1.csv").write_text("id,email,made\no,o@x.fr,2026-01-01\n")
    state = StateDirectory(root)
    with light_steps():
        mapping.write_text(both + other)
        holds_both = light_refresh(root, lead_files)
        mapping.write_text(both)
        light_refresh(root, lead_files)
        mapping.write_text(both + other)
        light_refresh(root, lead_files)
    assert leads(root) == ["a", "b", "o"]
    assert roll_back(state, None).forgotten == []
    assert leads(root) == ["a", "b"] and "others_1.csv" in inputs(root)
    assert roll_back(state, None).now.run_id == holds_both.run_id
    assert leads(root) == ["a", "b", "o"] and "others_1.csv" in inputs(root)


def test_a_rebuild_of_the_past_says_which_files_it_alone_has(
    root: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(lead_files, "3", {"c": "c@x.fr"})
    with light_steps():
        report = light_refresh(root, lead_files, as_of="2026-01-01T00:00:00")
    assert report.state == "kept"
    assert [line for line in report.notes if line.startswith("leads_3.csv landed in this rebuild")]
    assert inputs(root) == ["leads_1.csv", "leads_2.csv"]


def test_a_lost_pointer_is_found_by_the_doctor_and_set_by_the_next_refresh(
    root: Path, lead_files: Path
) -> None:
    state = StateDirectory(root)
    left = roll_back(state, None, with_hold=False).left
    seen = Generations(state).current_id()
    state.current.unlink()
    [found] = [one for one in doctor.examine(state) if one.is_wrong]
    assert (found.what, str(seen) in found.sentence) == ("pointer", True)
    with pytest.raises(UserError, match=f"refresh` first returns readers to {seen}"):
        roll_back(state, None)
    with light_steps():
        report = light_refresh(root, lead_files)
    assert (
        str(report.reconciled)
        == f"['the pointer of readers was gone; they are returned to {seen}']"
    )
    assert report.base == seen != left


def test_a_published_file_that_is_gone_is_told_with_its_remedy(root: Path) -> None:
    (StateDirectory(root).current / "warehouse.duckdb").unlink()
    with pytest.raises(LeadWarehouseError, match=r"warehouse\.duckdb is gone; `lead-"):
        leads(root)
    roll_back(StateDirectory(root), None)
    assert leads(root) == ["a"]


def test_a_rollback_passes_over_what_was_rolled_back_and_takes_its_files_along(
    root: Path, lead_files: Path
) -> None:
    state = StateDirectory(root)
    good = Generations(state).find(None)
    deliver(lead_files, "bad", {"x": "x@x.fr"})
    with light_steps():
        light_refresh(root, lead_files)
        done = roll_back(state, None, with_hold=False)
        assert (done.now, done.forgotten) == (good, ["leads_bad.csv"])
        (lead_files / "leads_bad.csv").unlink()
        light_refresh(root, lead_files)
    assert leads(root) == ["a", "b"]
    assert roll_back(state, None).now == good
    runs = {run.run_id: run.state for run in ControlLedger(state.control).runs()}
    assert runs[done.left] == "rolled back"


def test_an_error_after_the_pointer_moved_leaves_the_run_published(
    root: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(self: Generations, *_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Generations, "retain", full_disk)
    with light_steps():
        report = light_refresh(root, lead_files)
    assert report.is_published and "No space left" in report.notes[0]
    run = ControlLedger(StateDirectory(root).control).runs()[0]
    assert Generations(StateDirectory(root)).current_id() == run.run_id
    assert run.state == "published"


def test_a_generation_that_could_not_be_published_is_not_left_for_a_rollback(
    root: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Generations(StateDirectory(root)).all()

    def refuse(self: Generations, run_id: str) -> None:
        raise RunFailed("no")

    monkeypatch.setattr(Generations, "publish", refuse)
    with light_steps(), pytest.raises(RunFailed, match="no"):
        light_refresh(root, lead_files)
    assert Generations(StateDirectory(root)).all() == before
    assert ControlLedger(StateDirectory(root).control).runs()[0].state == "failed"
