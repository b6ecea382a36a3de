{{ config(materialized='view', tags=['all_interactions']) }}

with historized as (

    select * from {{ ref('int_intent_scores_historized') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

final as (

    select
        historized.lead_id,
        historized.changed_at,
        case
            when historized.next_changed_at <= refresh_context.as_of
                then historized.next_changed_at
        end as next_changed_at,
        historized.cause,
        historized.is_hand_raise,
        historized.uncapped_points,
        historized.longest_half_life_days,
        {% for number in group_numbers('signal_groups') -%}
            historized.group_{{ number }}_points,
        {% endfor -%}
        historized.step_points,
        historized.intent_points,
        historized.intent_score
    from historized
    cross join refresh_context
    -- Bare, the comparison lets the engine expect a handful of rows and build hash tables on all.
    where coalesce(historized.changed_at <= refresh_context.as_of, false)

)

select * from final
