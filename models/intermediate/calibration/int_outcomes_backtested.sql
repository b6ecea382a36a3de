-- What came of leads after each scoring. Who had reached the outcome by then is no case, and whose
-- window is not over yet is not known to have failed.
with leads as (

    select * from {{ ref('int_leads_backtested') }}

),

first_reached as (

    select * from {{ ref('int_outcomes_reached') }}

),

outcomes as (

    select * from {{ ref('backtest_outcomes') }}

),

windows as (

    select
        leads.lead_id,
        leads.horizon,
        outcomes.outcome,
        leads.scored_at,
        leads.scoring_month,
        leads.as_of,
        leads.fit_score,
        first_reached.reached_at,
        {{ days_after('leads.scored_at', 'outcomes.window_days') }} as matures_at
    from leads
    cross join outcomes
    left join first_reached
        on
            leads.lead_id = first_reached.lead_id
            and outcomes.outcome = first_reached.outcome

),

final as (

    select
        lead_id,
        horizon,
        outcome,
        scored_at,
        scoring_month,
        matures_at,
        reached_at,
        case
            when reached_at <= scored_at then 'reached before'
            when fit_score is null then 'unknown'
            when matures_at > as_of then 'immature'
            else 'judged'
        end as standing,
        coalesce(reached_at > scored_at and reached_at <= matures_at, false) as is_reached,
        -- What came of it may be learned from the month after the window has ended.
        cast(
            {{ dbt.dateadd('month', 1, dbt.date_trunc('month', 'matures_at')) }} as date
        ) as learned_month
    from windows

)

select * from final
