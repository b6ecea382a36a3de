"""Where the warehouse stands, for people and schedulers."""

from dataclasses import dataclass, field

from lead_warehouse.query import Rows, run_query
from lead_warehouse.state.control import OPEN_STATES, ControlLedger, Run
from lead_warehouse.state.generations import Generation, Generations
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import is_locked

FUNNEL = """
with steps as (
    select
        cohorts.basis, cohorts.from_stage, cohorts.to_stage, cohorts.window_days,
        cast(sum(cohorts.entered_count) as bigint) as entered,
        cast(sum(cohorts.converted_count) as bigint) as converted,
        cast(sum(cohorts.converted_to_date_count) as bigint) as to_date
    from marts.rpt_funnel_cohorts as cohorts
    group by all
),
delays as (
    select basis, from_stage, to_stage, median(days_to_convert) as median_days
    from marts.fct_funnel_conversions
    group by all
)
select
    steps.basis,
    steps.from_stage || ' → ' || steps.to_stage as step,
    entered,
    converted,
    converted / entered as rate,
    window_days as "window",
    to_date,
    round(median_days, 1) as median_days
from steps
inner join delays using (basis, from_stage, to_stage)
inner join seeds.lifecycle_stages as stages on steps.from_stage = stages.stage
inner join seeds.lifecycle_stages as next_stages on steps.to_stage = next_stages.stage
order by steps.basis, stages.position, next_stages.position
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
    kept: list[str] = field(default_factory=list)


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
