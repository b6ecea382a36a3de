"""Mend the ledger and remove leftovers after a refresh that died; the pointer is the truth."""

from datetime import datetime

from lead_warehouse.state.control import OPEN_STATES, ControlLedger, ReceivedInput
from lead_warehouse.state.generations import Generation, Generations, remove_folder
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.publications import Publications


def reconcile(state: StateDirectory, ledger: ControlLedger, run_id: str) -> list[str]:
    """Settle every run left open by a process that no longer lives; hold the lock to call it.

    A half-built generation is discarded, never resumed.

    Returns:
        what was done, a sentence each.
    """
    done = []
    generations = Generations(state)
    publications = Publications(state)
    current = generations.current_id()
    for run in ledger.runs():
        if run.state not in OPEN_STATES or run.run_id == run_id:
            continue
        if run.run_id == current:
            ledger.publish(run.run_id, inputs_of(generations.find(run.run_id)))
            done.append(f"run {run.run_id} had published before it died; the ledger now says so")
        else:
            remove_folder(state.generation(run.run_id))
            publications.forget(run.run_id)
            ledger.move(run.run_id, "abandoned", f"died in state '{run.state}'")
            done.append(f"run {run.run_id} died in state '{run.state}'; its build is discarded")
    remove_folder(state.building.parent)
    for leftover in [*state.root.glob(".current-*"), *state.landing.glob(".partial-*")]:
        leftover.unlink(missing_ok=True)
    return done


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
