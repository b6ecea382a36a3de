{{ config(materialized='view', tags=['all_interactions']) }}

with unioned as (

    select * from {{ ref('int_score_contributions_unioned') }}

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
