"""SQL of what other rules would change, over files that each side has written."""

STANDINGS = """
with stages as (
    select lead_id, max_by(to_stage, transition_number) as stage,
        min(transitioned_at) filter (to_stage = 'mql') as mql_at
    from marts.fct_lifecycle_transitions
    where basis = 'rules' and is_effective
        and transitioned_at <= (select as_of from raw.refresh_context)
    group by lead_id
),
owners as (
    select stages.lead_id, min_by(owned.owner_id, owned.valid_from) as owner_id
    from stages
    inner join intermediate.int_lead_owners_historized as owned
        on stages.lead_id = owned.lead_id
        and owned.owner_id is not null
        and (owned.valid_to is null or owned.valid_to > stages.mql_at)
    where stages.mql_at is not null
    group by stages.lead_id
)
select
    scores.lead_id, scores.grade, stages.stage, stages.mql_at, owners.owner_id as owner_at_mql
from intermediate.int_leads_scored as scores
left join stages using (lead_id)
left join owners using (lead_id)
"""
"""A lead each, on either side: its grade and stage, when it first was an MQL, and who had it then
or got it next."""

PRESENT = {
    "outcomes": """
        select reached.lead_id, outcomes.outcome, outcomes.window_days, reached.reached_at
        from seeds.backtest_outcomes as outcomes
        left join intermediate.int_outcomes_reached as reached using (outcome)
    """,
    "users": """
        select sales_user_id, role, weekly_capacity from intermediate.int_sales_users_resolved
        where is_active
    """,
    "limits": "select measure, cast(limit_value as double) as limit_value from seeds.change_limits",
    "context": "select as_of from raw.refresh_context",
}
"""What only the published generation is asked for."""

COMPARED = """
create table leads as
select
    coalesce(present.lead_id, other.lead_id) as lead_id,
    present.grade, other.grade as other_grade, present.stage, other.stage as other_stage,
    present.mql_at, other.mql_at as other_mql_at,
    present.owner_at_mql, other.owner_at_mql as other_owner_at_mql,
    case
        when present.mql_at is null and other.mql_at is not null then 'gained'
        when present.mql_at is not null and other.mql_at is null then 'lost'
        when present.mql_at is not null then 'kept'
    end as mql_group
from read_parquet($present) as present
full join read_parquet($other) as other on present.lead_id = other.lead_id
"""

FIGURES = """
with context as (select as_of, date_trunc('week', as_of) as this_week from read_parquet($context)),
weeks as (
    select range as week_start
    from context, range(this_week - to_weeks($weeks), this_week, interval 7 days)
),
volume as (
    select
        week_start,
        count(*) filter (mql_at >= week_start and mql_at < week_start + interval 7 days) as before,
        count(*) filter (
            other_mql_at >= week_start and other_mql_at < week_start + interval 7 days
        ) as after
    from weeks, leads
    group by week_start
),
span as (select min(week_start) as starts, max(week_start) + interval 7 days as ends from weeks),
loads as (
    select
        coalesce(owner_id, '') as owner_id, sum(before) / $weeks as before,
        sum(after) / $weeks as after
    from (
        select owner_at_mql as owner_id, 1 as before, 0 as after
        from leads, span where mql_at >= starts and mql_at < ends
        union all
        select other_owner_at_mql, 0, 1
        from leads, span where other_mql_at >= starts and other_mql_at < ends
    )
    group by all
),
judged as (
    select leads.mql_group, outcomes.outcome, leads.lead_id,
        coalesce(leads.mql_at, leads.other_mql_at) as entered_at,
        entered_at + to_days(cast(outcomes.window_days as integer)) as matures_at
    from leads, (select distinct outcome, window_days from read_parquet($outcomes)) as outcomes
    where leads.mql_group is not null
),
conversions as (
    select
        judged.mql_group, judged.outcome,
        count(*) filter (matures_at <= as_of) as leads,
        count(*) filter (
            matures_at <= as_of and reached_at > entered_at and reached_at <= matures_at
        ) as reached,
        count(*) filter (matures_at > as_of) as immature
    from judged
    cross join context
    left join read_parquet($outcomes) as outcomes
        on judged.lead_id = outcomes.lead_id and judged.outcome = outcomes.outcome
    group by all
),
figures as (
    select 'mql_now' as measure, 'entered' as component,
        null::double as before, count(*)::double as after
    from leads where stage is distinct from 'mql' and other_stage = 'mql'
    union all
    select 'mql_now', 'left', count(*), null
    from leads where stage = 'mql' and other_stage is distinct from 'mql'
    union all
    select 'mql_now', 'all', count(*) filter (stage = 'mql'), count(*) filter (other_stage = 'mql')
    from leads
    union all
    select 'mql_ever', mql_group,
        count(*) filter (mql_at is not null), count(*) filter (other_mql_at is not null)
    from leads where mql_group is not null group by mql_group
    union all
    select 'grade', coalesce(grade, '-') || ' -> ' || coalesce(other_grade, '-'), count(*), count(*)
    from leads group by all
    union all
    select 'mqls_in_week', strftime(week_start, '%Y-%m-%d'), before, after from volume
    union all
    select 'mqls_per_week', 'all', avg(before), avg(after) from volume
    union all
    select 'load_per_week', owner_id, before, after from loads
    union all
    select 'capacity_per_week', owner_id, weekly_capacity, weekly_capacity
    from loads inner join read_parquet($users) on owner_id = sales_user_id
    union all
    select outcome || '_of_' || mql_group, 'leads', leads, null from conversions
    union all
    select outcome || '_of_' || mql_group, 'reached', reached, null from conversions
    union all
    select outcome || '_of_' || mql_group, 'immature', immature, null from conversions
    union all
    select 'limit', 'stage_changed_rate', null,
        count(*) filter (stage is distinct from other_stage) / nullif(count(*), 0)
    from leads
    union all
    select 'limit', 'mql_volume_change_rate', null,
        abs(sum(after) - sum(before)) / nullif(sum(before), 0)
    from volume
    union all
    select 'limit', 'rep_utilization',
        max(before / nullif(weekly_capacity, 0)), max(after / nullif(weekly_capacity, 0))
    from loads inner join read_parquet($users) on owner_id = sales_user_id
    where after > before
)
select
    figures.measure, figures.component, figures.before, figures.after, limits.limit_value,
    coalesce(
        figures.measure = 'limit' and figures.after > limits.limit_value
        and figures.after > coalesce(figures.before, 0),
        false
    ) as is_beyond_limit
from figures
left join read_parquet($limits) as limits
    on figures.measure = 'limit' and figures.component = limits.measure
order by measure, component
"""
"""Everything that is told and stored of a change; it names no lead."""

NAMES = """
select
    leads.lead_id,
    case when stage is distinct from 'mql' and other_stage = 'mql' then 'enters' else 'leaves' end
        as mql,
    grade, other_grade, stage, other_stage
from leads
where (stage = 'mql') is distinct from (other_stage = 'mql')
    and (stage = 'mql' or other_stage = 'mql')
order by mql, lead_id
"""
