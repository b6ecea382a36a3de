"""Where the warehouse stands, for people and schedulers."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lead_warehouse.clock import utc_now
from lead_warehouse.errors import LeadWarehouseError
from lead_warehouse.quarantine.reading import open_quarantine
from lead_warehouse.query import Rows, run_query
from lead_warehouse.refresh.reconcile import last_shown
from lead_warehouse.refresh.rollback import newest_held
from lead_warehouse.standing import Standing, of_hold, of_last_run, of_lock
from lead_warehouse.state.control import OPEN_STATES, ControlLedger, Run
from lead_warehouse.state.generations import Generation, Generations
from lead_warehouse.state.hold import Hold, read_hold
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import Holder, holder_of, is_locked

FUNNEL = """
select
    basis,
    from_stage || ' → ' || to_stage as step,
    entered_count as entered,
    converted_to_date_count as to_date,
    round(median_days_to_convert, 1) as median_days,
    complete_entered_count as complete,
    complete_converted_count as converted,
    window_days as within_days,
    conversion_rate as rate
from marts.rpt_funnel_steps
order by basis, step_number
"""

HELD = (
    "select input_name, file_name, reason from raw.landed_files where status = 'held' order by all"
)

STALE = """
select input_name as input, status, last_delivered_at, latest_known_at, record_count as records,
    warn_after_seconds // 3600 as warn_after_hours, error_after_seconds // 3600 as error_after_hours
from raw.input_freshness
where status in ('warn', 'error')
    or (status = 'never' and coalesce(warn_after_seconds, error_after_seconds) is not null)
order by status <> 'error', input_name
"""

FRESHNESS = "select * from raw.input_freshness order by input_name"

NEW_COLUMNS = """
with first_deliveries as (
    select input_name, min(received_at) as received_at
    from raw.landed_files where status = 'landed' group by input_name
)
select input_name as input, column_name as column, first_file_name as first_file,
    first_received_at as since
from raw.input_columns inner join first_deliveries using (input_name)
where first_received_at > received_at
order by first_received_at desc, input, "column"
"""
"""Until someone maps or ignores them: then their input lands again without them."""

LATE_FILES = """
select input_name as input, file_name as file, late_record_count as records,
    earliest_event_at as earliest_event
from raw.landed_files
where late_record_count > 0
    and received_at = (select max(received_at) from raw.landed_files where status = 'landed')
order by all
"""
"""Of the last delivery only: they are news, and nothing has to be done about them."""

EMPTY_MARTS = """
select mart_name, string_agg(missing_because, '; ' order by table_name) as because
from marts.rpt_mart_coverage
where is_required and missing_because is not null
group by mart_name
order by mart_name
"""


HAS_FRESHNESS = (
    "select 1 from information_schema.tables "
    "where table_schema = 'raw' and table_name = 'input_freshness'"
)

RUNS_TOLD = 10
"""Runs listed for programs, newest first."""


@dataclass(frozen=True)
class Status:
    """The published generation, the latest runs, and what waits for someone.

    Attributes:
        is_refreshing: whether a process holds the refresh lock.
        died: runs left open by a process that no longer lives; the next refresh settles them.
        standings: what a person should know, the most pressing first.
        published_at: when readers could first see the published generation.
        checked: the latest run that found nothing newer than it, with the instant; none where no
            refresh has looked since it was published.
        warnings: checks that the last published run warned of.
    """

    state: StateDirectory
    current: Generation | None
    runs: list[Run]
    is_refreshing: bool
    died: list[Run]
    funnel: Rows | None = None
    quarantine: Rows | None = None
    held: Rows | None = None
    empty_marts: Rows | None = None
    holder: Holder | None = None
    hold: Hold | None = None
    standings: list[Standing] = field(default_factory=list)
    published_at: datetime | None = None
    checked: tuple[str, datetime] | None = None
    stale: Rows | None = None
    freshness: Rows | None = None
    new_columns: Rows | None = None
    late_files: Rows | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def checked_at(self) -> datetime | None:
        """When a refresh last knew that readers have what there is: it published, or found nothing
        new."""
        return self.checked[1] if self.checked else self.published_at

    @property
    def needs_person(self) -> bool:
        return any(one.needs_person for one in self.standings)


def read_status(state: StateDirectory) -> Status:
    """Read where a state directory stands; changes nothing."""
    generations = Generations(state)
    ledger = ControlLedger(state.control)
    runs = ledger.runs()
    is_refreshing = is_locked(state.lock)
    holder = holder_of(state.lock)
    hold = read_hold(state)
    died = [run for run in runs if run.state in OPEN_STATES and not is_refreshing]
    waiting = newest_held(generations, ledger, hold) if hold else None
    ended = next((run for run in runs if run.state not in OPEN_STATES), None)
    standings = [
        *of_lock(is_refreshing, holder, runs),
        *of_hold(hold, waiting.run_id if waiting else None),
        of_last_run(ended, state, hold),
    ]
    current_id = generations.current_id()
    found: dict[str, Any] = {}
    current = None
    if current_id is not None:
        try:
            current = generations.find(current_id)
            found = _ask(generations, current_id)
        except (LeadWarehouseError, OSError) as error:
            standings.insert(0, _damaged(current_id, error))
    elif lost := last_shown(generations, ledger):
        standings.insert(0, _no_pointer(state, lost.run_id))
    standings += _stale(found.get("freshness"))
    return Status(
        state,
        current,
        runs,
        is_refreshing,
        died,
        holder=holder,
        hold=hold,
        standings=standings,
        published_at=ledger.published_at().get(current_id or ""),
        checked=ledger.last_unchanged(current_id or ""),
        warnings=_warnings(state, current_id),
        **found,
    )


def _ask(generations: Generations, current_id: str) -> dict[str, Any]:
    questions = {"funnel": FUNNEL, "held": HELD, "empty_marts": EMPTY_MARTS}
    # Accounts that a generation of an older version has not.
    if run_query(generations, HAS_FRESHNESS, current_id).values:
        questions |= {
            "freshness": FRESHNESS,
            "stale": STALE,
            "new_columns": NEW_COLUMNS,
            "late_files": LATE_FILES,
        }
    found = {name: run_query(generations, sql, current_id) for name, sql in questions.items()}
    return found | {"quarantine": open_quarantine(generations.state)}


def _damaged(current_id: str, error: Exception) -> Standing:
    return Standing(
        "damaged",
        f"the published generation {current_id} cannot be read: {error}",
        "`lead-warehouse doctor` says more; `lead-warehouse rollback` returns to the one before",
        needs_person=True,
    )


def _no_pointer(state: StateDirectory, last_seen: str) -> Standing:
    return Standing(
        "damaged",
        f"{state.current} is gone, so readers see nothing; they saw {last_seen}",
        "`lead-warehouse refresh` first returns them there; find out who removed it",
        needs_person=True,
    )


def _stale(freshness: Rows | None) -> list[Standing]:
    if freshness is None:
        return []
    inputs = [dict(zip(freshness.columns, row, strict=True)) for row in freshness.values]
    late = [str(one["input_name"]) for one in inputs if one.get("status") == "error"]
    if not late:
        return []
    return [
        Standing(
            "stale",
            f"nothing new has come in for too long of {', '.join(late)}",
            "see to the export or its transfer; the age limits are in the mapping",
            needs_person=True,
        )
    ]


def _warnings(state: StateDirectory, run_id: str | None) -> list[str]:
    """Checks that warned in the run that made the published generation, by its report."""
    try:
        text = (state.run(str(run_id)) / "report.json").read_text(encoding="utf-8")
        return [f"{one['check']} ({one['failures']})" for one in json.loads(text)["warnings"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def as_json(status: Status) -> dict[str, Any]:
    """The status for programs. Keys are only ever added; ``format`` changes if one goes."""
    current, published_at = status.current, status.published_at
    checked_at = status.checked_at
    return {
        "format": 1,
        "at": utc_now(),
        "state_directory": str(status.state.root),
        "needs_person": status.needs_person,
        "standings": [vars(one) for one in status.standings],
        "published": current
        and {
            "run_id": current.run_id,
            "as_of": current.as_of,
            "published_at": published_at,
            "age_seconds": published_at and int((utc_now() - published_at).total_seconds()),
            "checked_at": checked_at,
            "checked_age_seconds": checked_at and int((utc_now() - checked_at).total_seconds()),
            "digest": current.digest,
            "database": str(status.state.current / current.database.name),
        },
        "under_way": status.holder and vars(status.holder),
        "hold": status.hold and vars(status.hold),
        "runs": [vars(run) for run in status.runs[:RUNS_TOLD]],
        "held_files": _records(status.held),
        "quarantine": _records(status.quarantine),
        "freshness": _records(status.freshness),
        "warnings": status.warnings,
    }


def _records(rows: Rows | None) -> list[dict[str, Any]]:
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.values] if rows else []
