"""Mend the ledger and remove leftovers after a refresh that died; the pointer is the truth."""

import json
from datetime import datetime

from lead_warehouse.clock import utc_now
from lead_warehouse.refresh.report import note_rollback
from lead_warehouse.state.control import OPEN_STATES, ControlLedger, ReceivedInput
from lead_warehouse.state.generations import SET_ASIDE, Generation, Generations, remove_folder
from lead_warehouse.state.hold import lift_hold, read_hold
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.publications import Publications
from lead_warehouse.state.readers import is_being_read


def reconcile(state: StateDirectory, ledger: ControlLedger, run_id: str) -> list[str]:
    """Settle every run left open by a process that no longer lives; hold the lock to call it.

    A half-built generation is discarded, never resumed.

    Returns:
        what was done, a sentence each.
    """
    generations = Generations(state)
    done = _restore(generations, ledger, run_id)
    done += _point_again(generations, ledger)
    current = generations.current_id()
    done += _settle_open_runs(generations, ledger, current, run_id)
    done += _settle_rollback(generations, ledger, current)
    _remove_leftovers(state)
    return done


def _restore(generations: Generations, ledger: ControlLedger, run_id: str) -> list[str]:
    """Record runs again that a lost ledger had known, from what they left on disk."""
    if any(run.run_id != run_id for run in ledger.runs()):
        return []
    kept = {one.run_id: one for one in generations.all()}
    shown = Publications(generations.state).recorded()
    current = generations.current_id()
    for known_id in sorted({*kept, *shown}):
        state = _state_of(generations.state, known_id, is_shown=known_id in shown)
        generation = kept.get(known_id)
        sealed = generation.manifest.get("sealed_at") if generation else None
        at = shown.get(known_id) or (datetime.fromisoformat(sealed) if sealed else utc_now())
        # The one readers see is settled later, with its inputs.
        state = "sealed" if known_id == current else state
        ledger.restore(known_id, state, at, generation.as_of if generation else None)
    if not kept and not shown:
        return []
    return [
        f"the ledger was lost; {len({*kept, *shown})} runs are recorded again from what is kept"
    ]


def _point_again(generations: Generations, ledger: ControlLedger) -> list[str]:
    """Point readers to what they saw last, should the pointer be gone."""
    if generations.current_id() is not None:
        return []
    last = last_shown(generations, ledger)
    if last is None:
        return []
    generations.publish(last.run_id)
    return [f"the pointer of readers was gone; they are returned to {last.run_id}"]


def last_shown(generations: Generations, ledger: ControlLedger) -> Generation | None:
    """The generation that readers were last pointed to and that is kept; none for none."""
    kept = {one.run_id: one for one in generations.all()}
    good_runs = ledger.good_runs()
    shown = (run_id for run_id in ledger.last_published() if run_id in good_runs)
    return next((kept[run_id] for run_id in shown if run_id in kept), None)


def _state_of(state: StateDirectory, run_id: str, is_shown: bool) -> str:
    """The state a run ended in, by its report."""
    try:
        report = json.loads((state.run(run_id) / "report.json").read_text(encoding="utf-8"))
        if report["state"] == "rolled back":
            return "rolled back"
    except (OSError, ValueError, KeyError):
        pass
    return "published" if is_shown else "kept"


def _settle_open_runs(
    generations: Generations, ledger: ControlLedger, current: str | None, run_id: str
) -> list[str]:
    done = []
    for run in ledger.runs():
        if run.run_id == current and run.state != "published":
            ledger.publish(run.run_id, inputs_of(generations.find(run.run_id)))
            done.append(f"run {run.run_id} had published before it died; the ledger now says so")
        elif run.state in OPEN_STATES and run.run_id not in (run_id, current):
            remove_folder(generations.state.generation(run.run_id))
            Publications(generations.state).forget(run.run_id)
            ledger.move(run.run_id, "abandoned", f"died in state '{run.state}'")
            done.append(f"run {run.run_id} died in state '{run.state}'; its build is discarded")
    return done


def _settle_rollback(
    generations: Generations, ledger: ControlLedger, current: str | None
) -> list[str]:
    hold = read_hold(generations.state)
    if hold is None or current is None:
        return []
    if hold.left == current:
        lift_hold(generations.state)
        ledger.record_release("a rollback that died")
        return ["a rollback died before readers were returned; its hold on publishing is lifted"]
    states = {run.run_id: run.state for run in ledger.runs()}
    if hold.returned_to == current and states.get(hold.left) == "published":
        note_rollback(generations.state.run(hold.left))
        ledger.move(hold.left, "rolled back", f"readers were returned to {current}")
        ledger.return_to(current, inputs_of(generations.find(current)))
        return [
            f"the rollback from {hold.left} died before it was recorded; the ledger now says so"
        ]
    return []


def _remove_leftovers(state: StateDirectory) -> None:
    remove_folder(state.building.parent)
    leftovers = [
        *state.root.glob(".current-*"),
        *state.root.glob(".hold-*"),
        *state.landing.glob(".partial-*"),
        *state.publications.glob("*.partial"),
    ]
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    for aside in state.generations.glob(f"{SET_ASIDE}*"):
        if not is_being_read(aside / state.building.name):
            remove_folder(aside)


def inputs_of(generation: Generation) -> list[ReceivedInput]:
    """The files a generation holds, as its manifest lists them."""
    return [
        ReceivedInput(
            one["input_name"],
            one["file_digest"],
            one["file_name"],
            datetime.fromisoformat(one["received_at"]),
        )
        for one in generation.manifest["inputs"]
    ]
