"""Return readers to an earlier generation."""

from dataclasses import dataclass

from lead_warehouse.errors import UserError
from lead_warehouse.refresh.reconcile import inputs_of, reconcile
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.engine import open_read_only
from lead_warehouse.state.generations import Generation, Generations
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import exclusive_lock


@dataclass(frozen=True)
class Rollback:
    """What a rollback did.

    Attributes:
        left: run id of the generation readers saw before.
        now: the generation they see now.
        forgotten: files that came later than ``now``; they land again if they are still delivered.
    """

    left: str
    now: Generation
    forgotten: list[str]


def roll_back(state: StateDirectory, run_id: str | None) -> Rollback:
    """Publish an earlier generation again; by default the last good one before the current.

    Raises:
        UserError: there is nothing to return to.
        RunFailed: a refresh is under way, or a stale log lies beside the generation.
    """
    generations = Generations(state)
    ledger = ControlLedger(state.control)
    generations.find(None)
    with exclusive_lock(state.lock, "rollback"):
        reconcile(state, ledger, run_id="")
        current = generations.find(None)
        target = generations.find(run_id) if run_id else _before(current, generations, ledger)
        if target.run_id == current.run_id:
            raise UserError(f"{target.run_id} is published already; name another generation")
        if target.manifest["is_past"]:
            raise UserError(
                f"{target.run_id} is a rebuild of the past; ask it with query --generation"
            )
        open_read_only(target.database).close()
        generations.publish(target.run_id)
        ledger.move(current.run_id, "rolled back", f"readers were returned to {target.run_id}")
        ledger.move(target.run_id, "published", f"published again in place of {current.run_id}")
        forgotten = ledger.keep_inputs(inputs_of(target))
    return Rollback(current.run_id, target, forgotten)


def _before(current: Generation, generations: Generations, ledger: ControlLedger) -> Generation:
    left = {run.run_id for run in ledger.runs() if run.state == "rolled back"}
    for generation in generations.all():
        is_good = generation.run_id not in left and not generation.manifest["is_past"]
        if generation.run_id < current.run_id and is_good:
            return generation
    raise UserError("no earlier generation is kept; there is nothing to roll back to")
