-- What was known of each pair of thresholds at each evaluation.
with counted as (

    select * from {{ ref('int_thresholds_counted') }}

),

pairs as (

    select * from {{ ref('int_thresholds_tried') }}

),

evaluations as (

    select * from {{ ref('int_threshold_evaluations_dated') }}

),

won_leads as (

    select * from {{ ref('int_won_leads_valued') }}

),

crossings as (

    select * from {{ ref('int_thresholds_crossed') }}

),

known_then as (

    select
        evaluations.evaluated_at,
        evaluations.is_current,
        counted.profile,
        counted.min_fit_score,
        counted.min_intent_score,
        counted.outcome,
        counted.mql_count,
        case
            when evaluations.is_current or counted.learned_month <= evaluations.evaluated_month
                then 1
            else 0
        end as is_learned,
        counted.judged_count,
        counted.reached_count,
        counted.shared_reached_count
    from evaluations
    inner join counted
        on
            evaluations.is_current
            or evaluations.evaluated_month > counted.crossing_month

),

summed as (

    select
        evaluated_at,
        is_current,
        profile,
        min_fit_score,
        min_intent_score,
        sum(case when outcome = 'won' then mql_count else 0 end) as mql_count,
        sum(case when outcome = 'won' then is_learned * judged_count else 0 end)
            as won_judged_count,
        sum(case when outcome = 'won' then is_learned * reached_count else 0 end)
            as won_count,
        sum(case when outcome = 'won' then is_learned * shared_reached_count else 0 end)
            as shared_won_count,
        sum(case when outcome = 'sql' then is_learned * judged_count else 0 end)
            as sql_judged_count,
        sum(case when outcome = 'sql' then is_learned * reached_count else 0 end)
            as sql_count
    from known_then
    group by evaluated_at, is_current, profile, min_fit_score, min_intent_score

),

won_by_then as (

    select
        evaluations.evaluated_at,
        evaluations.is_current,
        won_leads.profile,
        count(*) as won_lead_count,
        cast(sum(won_leads.won_amount) as double) / nullif(count(won_leads.won_amount), 0)
            as mean_won_amount
    from evaluations
    inner join won_leads
        on evaluations.evaluated_at >= won_leads.won_at
    group by evaluations.evaluated_at, evaluations.is_current, won_leads.profile

),

won_after_crossing as (

    select
        evaluations.evaluated_at,
        evaluations.is_current,
        crossings.profile,
        crossings.min_fit_score,
        crossings.min_intent_score,
        count(*) as recalled_count
    from crossings
    inner join won_leads
        on
            crossings.lead_id = won_leads.lead_id
            and crossings.profile = won_leads.profile
            and crossings.crossed_at <= won_leads.won_at
    inner join evaluations
        on won_leads.won_at <= evaluations.evaluated_at
    group by
        evaluations.evaluated_at,
        evaluations.is_current,
        crossings.profile,
        crossings.min_fit_score,
        crossings.min_intent_score

),

-- A pair that no lead crossed is a row all the same.
final as (

    select
        evaluations.evaluated_at,
        evaluations.is_current,
        evaluations.evaluated_month,
        cast(evaluations.week_count as double) as week_count,
        pairs.profile,
        pairs.min_fit_score,
        pairs.min_intent_score,
        pairs.is_in_force,
        cast(coalesce(summed.mql_count, 0) as double) as mql_count,
        cast(coalesce(summed.won_judged_count, 0) as double) as won_judged_count,
        cast(coalesce(summed.won_count, 0) as double) as won_count,
        cast(coalesce(summed.shared_won_count, 0) as double) as shared_won_count,
        cast(coalesce(summed.sql_judged_count, 0) as double) as sql_judged_count,
        cast(coalesce(summed.sql_count, 0) as double) as sql_count,
        cast(coalesce(won_after_crossing.recalled_count, 0) as double) as recalled_count,
        cast(coalesce(won_by_then.won_lead_count, 0) as double) as won_lead_count,
        won_by_then.mean_won_amount
    from evaluations
    cross join pairs
    left join summed
        on
            evaluations.evaluated_at = summed.evaluated_at
            and evaluations.is_current = summed.is_current
            and pairs.profile = summed.profile
            and pairs.min_fit_score = summed.min_fit_score
            and pairs.min_intent_score = summed.min_intent_score
    left join won_by_then
        on
            evaluations.evaluated_at = won_by_then.evaluated_at
            and evaluations.is_current = won_by_then.is_current
            and pairs.profile = won_by_then.profile
    left join won_after_crossing
        on
            evaluations.evaluated_at = won_after_crossing.evaluated_at
            and evaluations.is_current = won_after_crossing.is_current
            and pairs.profile = won_after_crossing.profile
            and pairs.min_fit_score = won_after_crossing.min_fit_score
            and pairs.min_intent_score = won_after_crossing.min_intent_score

)

select * from final
