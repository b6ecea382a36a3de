"""What is known of a run that ended: its states in the ledger, and its report."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lead_warehouse.errors import UserError
from lead_warehouse.nearest import did_you_mean
from lead_warehouse.refresh.report import REPORT_FILE
from lead_warehouse.refresh.report_text import in_markdown
from lead_warehouse.state.control import ControlLedger, Run
from lead_warehouse.state.layout import StateDirectory

LAST = "last"


@dataclass(frozen=True)
class PastRun:
    """A run with its states and instants; the report is none when it is no longer kept."""

    run: Run
    states: list[tuple[str, datetime]]
    report: dict[str, Any] | None

    @property
    def text(self) -> str | None:
        """The report as people read it."""
        return in_markdown(self.report) if self.report is not None else None


def find_run(state: StateDirectory, run_id: str) -> PastRun:
    """A run by id, its beginning, or ``last``.

    Raises:
        UserError: there is none, or there are several.
    """
    ledger = ControlLedger(state.control)
    runs = ledger.runs()
    matching = runs[:1] if run_id == LAST else [r for r in runs if r.run_id.startswith(run_id)]
    if len(matching) != 1:
        hint = did_you_mean(run_id, [run.run_id for run in runs])
        raise UserError(f"no run '{run_id}'{hint}; `lead-warehouse runs list` lists them")
    run = matching[0]
    try:
        text = (state.run(run.run_id) / REPORT_FILE).read_text(encoding="utf-8")
        report = json.loads(text)
    except (OSError, ValueError):
        report = None
    return PastRun(run, ledger.states_of(run.run_id), report)
