{{ config(materialized='view', tags=['all_interactions']) }}

with fit_contributions as (

    select * from {{ ref('int_fit_contributions_counted') }}

),

intent_contributions as (

    select * from {{ ref('int_intent_contributions_decayed') }}

),

unioned as (

    select
        lead_id,
        'fit' as score,
        profile,
        sort_order,
        kind,
        rule,
        rule_group,
        cast(null as varchar) as interaction_id,
        cast(null as timestamp) as occurred_at,
        cast(possible_points as decimal(28, 12)) as undecayed_points,
        {{ quantized('points') }} as points,
        note,
        full_points
    from fit_contributions
    union all
    select
        lead_id,
        'intent' as score,
        cast(null as varchar) as profile,
        sort_order,
        kind,
        rule,
        rule_group,
        interaction_id,
        occurred_at,
        undecayed_points,
        points,
        note,
        full_points
    from intent_contributions

),

running as (

    select
        *,
        sum(points) over (
            partition by lead_id, score
            order by sort_order, occurred_at, rule, interaction_id
            rows between unbounded preceding and current row
        ) as points_so_far
    from unioned

),

-- Rounding each row by itself would leave a remainder; rounding the running sum leaves none.
scored as (

    select
        *,
        cast(
            100 * cast(points_so_far as double) / cast(full_points as double)
            as decimal(28, 12)
        ) as score_so_far,
        cast(
            100 * cast(points_so_far - points as double) / cast(full_points as double)
            as decimal(28, 12)
        ) as score_before
    from running

),

final as (

    select
        {{ surrogate_key(['lead_id', 'score', 'kind', 'rule', 'interaction_id']) }}
            as contribution_id,
        lead_id,
        score,
        profile,
        kind,
        rule,
        rule_group,
        interaction_id,
        occurred_at,
        undecayed_points,
        -- Through a double, since DuckDB takes five times as long to shorten a decimal.
        cast(cast(points as double) as decimal(28, 12)) as points,
        cast(score_so_far - score_before as decimal(28, 12)) as score_points,
        note,
        cast(full_points as decimal(18, 6)) as full_points
    from scored

)

select * from final
