"""Where the warehouse stands, for people and schedulers."""

from dataclasses import dataclass

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

QUARANTINE = """
select input_name as input, coalesce(column_name, '(record)') as column, reason,
    count(*) as records, min(file_name || ':' || file_line) as first_at,
    arg_min(value, file_line) as first_value
from raw.quarantined_rows
group by all
order by records desc, input, "column", reason
"""

HELD = (
    "select input_name, file_name, reason from raw.landed_files where status = 'held' order by all"
)

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
        run_query(generations, QUARANTINE, current_id),
        run_query(generations, HELD, current_id),
        run_query(generations, EMPTY_MARTS, current_id),
    )
