"""Decide that records need not come in; a decision, recorded with who, when and why."""

from dataclasses import replace

from lead_warehouse.errors import UserError
from lead_warehouse.quarantine.reading import reading_quarantine
from lead_warehouse.quarantine.records import Record, Wanted
from lead_warehouse.state.decisions import Decisions, Verdict
from lead_warehouse.state.layout import StateDirectory


def dismiss(state: StateDirectory, wanted: Wanted, reason: str) -> list[Record]:
    """Dismiss open records, all that are meant or none.

    They stay in quarantine and go on counting there: an account of a file never changes by a
    decision.

    Returns:
        the records as they were.

    Raises:
        UserError: no reason is given, or no open record is meant.
    """
    if not reason.strip():
        raise UserError("say why with --reason; whoever comes later will ask")
    return _decide(state, replace(wanted, statuses=("open",)), "dismissed", reason.strip())


def reopen(state: StateDirectory, wanted: Wanted, reason: str | None) -> list[Record]:
    """Take a dismissal back.

    Raises:
        UserError: no dismissed record is meant.
    """
    return _decide(state, replace(wanted, statuses=("dismissed",)), "open", reason)


def _decide(
    state: StateDirectory, wanted: Wanted, verdict: Verdict, reason: str | None
) -> list[Record]:
    if not wanted.says_something:
        raise UserError("name records by id, or with --input and --matching")
    with reading_quarantine(state) as quarantine:
        records = quarantine.records(wanted)
    if not records:
        raise UserError(
            f"no {wanted.statuses[0]} record fits; `lead-warehouse quarantine list` shows them"
        )
    Decisions(state.control).decide([record.key for record in records], verdict, reason)
    return records
