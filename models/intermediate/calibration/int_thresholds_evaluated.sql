-- What each pair of thresholds brings a week, and what it asks of the team.
with summed as (

    select * from {{ ref('int_thresholds_summed') }}

),

team as (

    select * from {{ ref('int_team_hours_counted') }}

),

settings as (

    select * from {{ ref('calibration') }}

),

hours as (

    select
        max(case when task = 'mql' then minutes end) / 60.0 as hours_per_mql,
        max(case when task = 'sql' then minutes end) / 60.0 as hours_per_sql,
        max(case when task = 'mql' then weekly_hours end) as mql_hours_there,
        max(case when task = 'sql' then weekly_hours end) as sql_hours_there
    from team

),

in_force as (

    select * from summed
    where is_in_force

),

-- Capacity is shared out as the thresholds in force share the work, so that what is recommended for
-- each profile fits the team together.
work_in_force as (

    select
        evaluated_at,
        is_current,
        sum(mql_count) as mql_count
    from in_force
    group by evaluated_at, is_current

),

rated as (

    select
        summed.*,
        cast(settings.confidence_z as double) as confidence_z,
        cast(settings.min_positives as double) as min_positives,
        in_force.won_count as won_count_in_force,
        summed.mql_count / nullif(summed.week_count, 0) as mqls_per_week,
        summed.won_count / nullif(summed.won_judged_count, 0) as won_rate,
        summed.sql_count / nullif(summed.sql_judged_count, 0) as sql_rate,
        in_force.mql_count / nullif(work_in_force.mql_count, 0) as share_of_team,
        hours.hours_per_mql,
        hours.hours_per_sql,
        hours.mql_hours_there,
        hours.sql_hours_there
    from summed
    inner join in_force
        on
            summed.evaluated_at = in_force.evaluated_at
            and summed.is_current = in_force.is_current
            and summed.profile = in_force.profile
    inner join work_in_force
        on
            summed.evaluated_at = work_in_force.evaluated_at
            and summed.is_current = work_in_force.is_current
    cross join settings
    cross join hours

),

with_hours as (

    select
        *,
        mqls_per_week * hours_per_mql as mql_hours,
        mqls_per_week * sql_rate * hours_per_sql as sql_hours,
        mql_hours_there * share_of_team as mql_capacity_hours,
        sql_hours_there * share_of_team as sql_capacity_hours,
        round(mqls_per_week * won_rate * mean_won_amount, 6) as won_value
    from rated

),

final as (

    select
        *,
        greatest(
            mql_hours / nullif(mql_capacity_hours, 0), sql_hours / nullif(sql_capacity_hours, 0)
        ) as utilization_rate,
        -- Of won leads that only one of the two pairs has, each counts by itself.
        mqls_per_week / nullif(won_judged_count, 0) * mean_won_amount as value_of_one_won,
        won_count - shared_won_count as gained_won_count,
        -- Shared ones whose later crossing has not been judged yet are no loss.
        greatest(won_count_in_force - shared_won_count, 0) as lost_won_count
    from with_hours

)

select * from final
