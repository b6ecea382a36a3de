{{ config(materialized='view', tags=['all_interactions']) }}

with fit_contributions as (

    select * from {{ ref('int_fit_contributions_counted') }}

),

intent_contributions as (

    select * from {{ ref('int_intent_contributions_decayed') }}

),

final as (

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

)

select * from final
