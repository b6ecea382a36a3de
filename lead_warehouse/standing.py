"""Where a warehouse stands, in a sentence for each thing a person should know, with the remedy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from lead_warehouse.state.control import OPEN_STATES, Run
from lead_warehouse.state.hold import Hold
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import Holder

DOING = {
    "planned": "starting",
    "locked": "landing files",
    "landed": "checking what landed, then building",
    "built": "auditing",
    "audited": "sealing",
    "sealed": "publishing",
}
"""What a run in an open state is doing."""


@dataclass(frozen=True)
class Standing:
    """One thing to know.

    Attributes:
        code: a word for programs.
        needs_person: whether it does not settle itself.
        remedy: what to do; none where there is nothing to do.
    """

    code: str
    sentence: str
    remedy: str | None = None
    needs_person: bool = False


def of_lock(is_locked: bool, holder: Holder | None, runs: list[Run]) -> Iterator[Standing]:
    """What is under way, and runs whose process died."""
    open_runs = [run for run in runs if run.state in OPEN_STATES]
    if is_locked:
        who = f"process {holder.pid}, since {holder.since}" if holder else "a process unknown"
        what = holder.purpose if holder else "refresh"
        doing = ""
        if what == "refresh" and open_runs:
            run = open_runs[0]
            doing = f": run {run.run_id} is {DOING[run.state]}"
        yield Standing("under way", f"a {what} is under way ({who}){doing}", "wait for it to end")
        return
    for run in open_runs:
        yield Standing(
            "died",
            f"run {run.run_id} died in state '{run.state}'; readers are not affected",
            "refresh again: it discards what is left",
            needs_person=run is runs[0],
        )


def of_hold(hold: Hold | None, waiting: str | None) -> Iterator[Standing]:
    """Whether publishing is on hold, and what waits for its release."""
    if hold is None:
        return
    waits = f"; {waiting} is good and waits" if waiting else ""
    yield Standing(
        "on hold",
        f"publishing is {hold}{waits}",
        "when what was wrong is mended: `lead-warehouse release`, or `release --publish` to show "
        "what waits",
        needs_person=True,
    )


def of_last_run(run: Run | None, state: StateDirectory, hold: Hold | None) -> Standing:
    """How the last run that ended did."""
    if run is None:
        return Standing(
            "nothing", f"no refresh has run in {state.root}", "run `lead-warehouse refresh`"
        )
    first_line = (run.message or "no reason is recorded").splitlines()[0]
    folder = state.run(run.run_id)
    again = "refresh again"
    told: dict[str, tuple[str, str | None]] = {
        "published": ("is published", None),
        "unchanged": (f"found {first_line}", None),
        "rejected": (
            f"was rejected: {_checks(run)}; readers keep what they had",
            f"the failing rows are in {folder / 'failures'}; correct the files, the mapping or the "
            f"rules they come from, and {again}",
        ),
        "failed": (
            f"failed: {first_line}; readers keep what they had",
            f"see {folder / 'report.md'} and the logs beside it, and {again}",
        ),
        "kept": (
            f"is kept beside what readers see: {first_line}",
            f"ask it with `lead-warehouse query --generation {run.run_id} ...`",
        ),
        "rolled back": (f"was rolled back: {first_line}", f"correct what was wrong, and {again}"),
        "abandoned": (f"was abandoned: its process {first_line}", again),
    }
    sentence, remedy = told[run.state]
    return Standing(
        run.state,
        f"run {run.run_id} {sentence}",
        None if run.state == "kept" and hold else remedy,
        needs_person=run.state in ("rejected", "failed", "abandoned"),
    )


def age_in_words(age: timedelta) -> str:
    """An age as people say it, in its two greatest units."""
    minutes = max(0, int(age.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _checks(run: Run) -> str:
    """The names of the checks in a message such as ``1 check(s) failed; …`` and a line for each."""
    lines = [line.strip() for line in (run.message or "").splitlines()[1:]]
    failed = [line.split(", for example")[0].split("; rows in")[0] for line in lines]
    return "; ".join(failed[:3]) + ("; and more" if len(failed) > 3 else "") or str(run.message)
