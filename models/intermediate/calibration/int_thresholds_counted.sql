-- What came of the leads that crossed each pair, by the month in which they did and the month from
-- which it is known.
with crossings as (

    select * from {{ ref('int_thresholds_crossed') }}

),

pairs as (

    select * from {{ ref('int_thresholds_tried') }}

),

outcomes as (

    select * from {{ ref('backtest_outcomes') }}

),

reached as (

    select * from {{ ref('int_outcomes_reached') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

judged as (

    select
        crossings.lead_id,
        crossings.profile,
        crossings.min_fit_score,
        crossings.min_intent_score,
        crossings.crossed_at,
        outcomes.outcome,
        {{ days_after('crossings.crossed_at', 'outcomes.window_days') }} as matures_at,
        coalesce(reached.reached_at <= crossings.crossed_at, false) as is_reached_before,
        reached.reached_at
    from crossings
    cross join outcomes
    left join reached
        on
            crossings.lead_id = reached.lead_id
            and outcomes.outcome = reached.outcome

),

told as (

    select
        judged.*,
        not judged.is_reached_before and judged.matures_at <= refresh_context.as_of
            as is_judged,
        coalesce(
            judged.reached_at > judged.crossed_at
            and judged.reached_at <= judged.matures_at
            and judged.matures_at <= refresh_context.as_of,
            false
        ) as is_reached,
        cast({{ dbt.date_trunc('month', 'judged.crossed_at') }} as date) as crossing_month,
        cast(
            {{ dbt.dateadd('month', 1, dbt.date_trunc('month', 'judged.matures_at')) }} as date
        ) as learned_month
    from judged
    cross join refresh_context

),

in_force as (

    select
        told.lead_id,
        told.profile,
        told.outcome,
        told.is_reached
    from told
    inner join pairs
        on
            told.profile = pairs.profile
            and told.min_fit_score = pairs.min_fit_score
            and told.min_intent_score = pairs.min_intent_score
    where pairs.is_in_force

),

final as (

    select
        told.profile,
        told.min_fit_score,
        told.min_intent_score,
        told.outcome,
        told.crossing_month,
        told.learned_month,
        min(told.crossed_at) as first_crossed_at,
        count(*) as mql_count,
        count(case when told.is_judged then 1 end) as judged_count,
        count(case when told.is_reached then 1 end) as reached_count,
        -- Won with the thresholds in force as well: what is neither gained nor lost.
        count(case when told.is_reached and in_force.is_reached then 1 end)
            as shared_reached_count
    from told
    left join in_force
        on
            told.lead_id = in_force.lead_id
            and told.profile = in_force.profile
            and told.outcome = in_force.outcome
    group by
        told.profile,
        told.min_fit_score,
        told.min_intent_score,
        told.outcome,
        told.crossing_month,
        told.learned_month

)

select * from final
