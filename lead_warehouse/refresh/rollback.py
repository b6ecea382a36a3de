"""Return readers to an earlier generation; what follows is held until a person releases it."""

from dataclasses import dataclass

from lead_warehouse.errors import UserError
from lead_warehouse.failpoints import check_failpoint, failpoint
from lead_warehouse.nearest import did_you_mean
from lead_warehouse.refresh.reconcile import inputs_of, last_shown, reconcile
from lead_warehouse.refresh.report import note_rollback
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.engine import open_read_only
from lead_warehouse.state.generations import CURRENT, Generation, Generations
from lead_warehouse.state.hold import Hold, lift_hold, place_hold, read_hold, who
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import exclusive_lock
from lead_warehouse.state.publications import Publications


@dataclass(frozen=True)
class Rollback:
    """What a rollback did.

    Attributes:
        left: run id of the generation readers saw before.
        now: the generation they see now.
        forgotten: files that later generations were the first to hold; they land again if they are
            still delivered.
        hold: the hold placed on publishing; none when it was not asked for.
    """

    left: str
    now: Generation
    forgotten: list[str]
    hold: Hold | None


@dataclass(frozen=True)
class Release:
    """What a release did.

    Attributes:
        hold: the hold that was lifted.
        published: the generation readers were pointed to; none when the next refresh publishes.
    """

    hold: Hold
    published: Generation | None


def roll_back(state: StateDirectory, run_id: str | None, *, with_hold: bool = True) -> Rollback:
    """Publish an earlier generation again; by default the last good one before the current.

    Args:
        with_hold: whether later refreshes wait for ``release`` before they publish.

    Raises:
        UserError: there is nothing to return to.
        RunFailed: a refresh is under way, or a stale log lies beside the generation.
    """
    check_failpoint()
    generations = Generations(state)
    ledger = ControlLedger(state.control)
    if generations.current_id() is None:
        if lost := last_shown(generations, ledger):
            raise UserError(
                f"{state.current} is gone; `lead-warehouse refresh` first returns readers to "
                f"{lost.run_id}"
            )
        generations.find(None)
    with exclusive_lock(state.lock, "rollback"):
        reconcile(state, ledger, run_id="")
        # Its manifest is not needed, and may be what is damaged.
        current = str(generations.current_id())
        if run_id:
            _refuse_unknown(run_id, current, generations, ledger)
        target = generations.find(run_id) if run_id else _before(current, generations, ledger)
        _refuse_as_target(target, current, ledger)
        generations.refuse_unerased(target)
        open_read_only(target.database).close()
        hold = place_hold(state, current, target.run_id) if with_hold else None
        failpoint("hold_placed")
        generations.publish(target.run_id)
        failpoint("rolled_back")
        note_rollback(state.run(current))
        ledger.move(current, "rolled back", f"readers were returned to {target.run_id}")
        ledger.move(target.run_id, "published", f"published again in place of {current}")
        if hold is not None:
            ledger.record_hold(hold.since, hold.by, hold.left, hold.returned_to)
        forgotten = ledger.return_to(target.run_id, inputs_of(target))
    return Rollback(current, target, forgotten, hold)


def release(state: StateDirectory, *, publish: bool = False) -> Release:
    """Lift the hold on publishing.

    Args:
        publish: also point readers to the newest good generation built during the hold.

    Raises:
        UserError: publishing is not on hold, or no generation was built since.
        RunFailed: a refresh is under way, or a stale log lies beside the generation.
    """
    check_failpoint()
    generations = Generations(state)
    ledger = ControlLedger(state.control)
    with exclusive_lock(state.lock, "release"):
        reconcile(state, ledger, run_id="")
        hold = read_hold(state)
        if hold is None:
            raise UserError("publishing is not on hold; a rollback is what puts it there")
        waiting = newest_held(generations, ledger, hold) if publish else None
        if publish and waiting is None:
            raise UserError(
                "no generation was built since the rollback; `lead-warehouse release` alone lets "
                "the next refresh publish"
            )
        if waiting is not None:
            generations.refuse_unerased(waiting)
            open_read_only(waiting.database).close()
            Publications(state).record(waiting.run_id, waiting.database)
        # Lifted first: whoever dies in between has released, and the next refresh publishes.
        lift_hold(state)
        ledger.record_release(who())
        failpoint("hold_lifted")
        if waiting is not None:
            generations.publish(waiting.run_id)
            failpoint("published")
            ledger.publish(waiting.run_id, inputs_of(waiting))
    return Release(hold, waiting)


def newest_held(generations: Generations, ledger: ControlLedger, hold: Hold) -> Generation | None:
    """The newest good generation that a hold kept from readers."""
    kept = {run.run_id for run in ledger.runs() if run.state == "kept"} & never_shown(
        generations, ledger
    )
    for generation in generations.all():
        is_since = generation.run_id > max(hold.left, str(generations.current_id()))
        if is_since and generation.run_id in kept and not generation.manifest["is_past"]:
            return generation
    return None


def never_shown(generations: Generations, ledger: ControlLedger) -> set[str]:
    """Generations kept that readers were never pointed to."""
    shown = ledger.published_at()
    return {one.run_id for one in generations.all() if one.run_id not in shown}


def _refuse_unknown(
    run_id: str, current: str, generations: Generations, ledger: ControlLedger
) -> None:
    """Name the nearest of those that would be accepted, where none is meant or several are."""
    known = generations.all()
    if sum(one.run_id.startswith(run_id) for one in known) == 1 or run_id == CURRENT:
        return
    shown = ledger.published_at().keys() - {current}
    possible = [one.run_id for one in known if one.run_id in shown and not one.manifest["is_past"]]
    raise UserError(
        f"no generation '{run_id}'{did_you_mean(run_id, possible)}; "
        "`lead-warehouse generations` lists them"
    )


def _refuse_as_target(target: Generation, current: str, ledger: ControlLedger) -> None:
    if target.run_id == current:
        raise UserError(f"{target.run_id} is published already; name another generation")
    if target.manifest["is_past"]:
        raise UserError(f"{target.run_id} is a rebuild of the past; ask it with query --generation")
    if target.run_id not in ledger.published_at():
        raise UserError(
            f"{target.run_id} was never published; `lead-warehouse release --publish` does that"
        )


def _before(current: str, generations: Generations, ledger: ControlLedger) -> Generation:
    good_runs = ledger.good_runs()
    for generation in generations.all():
        is_good = generation.run_id in good_runs and not generation.manifest["is_past"]
        if generation.run_id < current and is_good:
            return generation
    raise UserError("no earlier generation is kept; there is nothing to roll back to")
