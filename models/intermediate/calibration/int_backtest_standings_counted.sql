-- How many leads of a month could be judged, and why the others could not.
with outcomes as (

    select * from {{ ref('int_outcomes_backtested') }}

),

leads as (

    select * from {{ ref('int_leads_backtested') }}

),

standings as (

    select
        outcomes.horizon,
        outcomes.outcome,
        outcomes.scoring_month,
        count(case when outcomes.standing = 'immature' then 1 end) as immature_count,
        count(case when outcomes.standing = 'reached before' then 1 end)
            as reached_before_count,
        count(case when outcomes.standing = 'unknown' then 1 end) as unknown_count,
        count(case when outcomes.standing = 'judged' then 1 end) as judged_count,
        count(
            case when outcomes.standing = 'judged' and leads.is_known_at_assumed then 1 end
        ) as assumed_count
    from outcomes
    inner join leads
        on
            outcomes.lead_id = leads.lead_id
            and outcomes.horizon = leads.horizon
    group by outcomes.horizon, outcomes.outcome, outcomes.scoring_month

),

final as (

    select
        *,
        'month' as scope
    from standings
    union all
    select
        horizon,
        outcome,
        cast(null as date) as scoring_month,
        sum(immature_count) as immature_count,
        sum(reached_before_count) as reached_before_count,
        sum(unknown_count) as unknown_count,
        sum(judged_count) as judged_count,
        sum(assumed_count) as assumed_count,
        'out_of_time' as scope
    from standings
    group by horizon, outcome

)

select * from final
