"""Where the warehouse stands, for people and schedulers."""

from dataclasses import dataclass

from lead_warehouse.quarantine.reading import open_quarantine
from lead_warehouse.query import Rows, run_query
from lead_warehouse.state.control import OPEN_STATES, ControlLedger, Run
from lead_warehouse.state.generations import Generation, Generations
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import is_locked

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


@dataclass(frozen=True)
class Status:
    """The published generation, the latest runs, and what waits for someone.

    Attributes:
        is_refreshing: whether a process holds the refresh lock.
        died: runs left open by a process that no longer lives; the next refresh settles them.
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
    stale: Rows | None = None
    freshness: Rows | None = None
    new_columns: Rows | None = None
    late_files: Rows | None = None


def read_status(state: StateDirectory) -> Status:
    """Read where a state directory stands; changes nothing."""
    generations = Generations(state)
    runs = ControlLedger(state.control).runs()
    is_refreshing = is_locked(state.lock)
    died = [run for run in runs if run.state in OPEN_STATES and not is_refreshing]
    current_id = generations.current_id()
    if current_id is None:
        return Status(state, None, runs, is_refreshing, died)
    return Status(
        state,
        generations.find(current_id),
        runs,
        is_refreshing,
        died,
        run_query(generations, FUNNEL, current_id),
        open_quarantine(state),
        run_query(generations, HELD, current_id),
        run_query(generations, EMPTY_MARTS, current_id),
        *(
            _told(generations, current_id, sql)
            for sql in (STALE, FRESHNESS, NEW_COLUMNS, LATE_FILES)
        ),
    )


def _told(generations: Generations, run_id: str, sql: str) -> Rows | None:
    """Rows of accounts that a generation of an older version has not."""
    known = run_query(
        generations, "select 1 from duckdb_tables() where table_name = 'input_freshness'", run_id
    )
    return run_query(generations, sql, run_id) if known.values else None
