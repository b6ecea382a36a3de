{{ config(materialized='view', tags=['all_interactions']) }}

-- All that is asked of a lead's interactions at the as-of instant, in one pass over them. What
-- earns nothing is left out, but a request, which is one whatever it weighs.
with interactions as (

    select * from {{ ref('int_interactions_weighted') }}

),

scoring as (

    select * from {{ ref('scoring') }}

),

refresh_context as (

    select
        *,
        -- Of now, all that has landed counts, though it may be known later than the latest event.
        case when is_as_of_given then as_of else known_by end as known_until
    from {{ ref('stg_files__refresh_context') }}

),

counting_by_then as (

    select
        interactions.*,
        refresh_context.as_of,
        interactions.kind = 'signal' and interactions.points > 0 as is_signal,
        interactions.points > 0
        and {{ days_after('interactions.occurred_at', 'scoring.frequency_days') }}
        > refresh_context.as_of as is_recent
    from interactions
    cross join scoring
    cross join refresh_context
    where
        interactions.counts_from <= refresh_context.known_until
        and (interactions.points <> 0 or interactions.is_hand_raise)
        and (interactions.kind = 'signal' or refresh_context.as_of < interactions.step_until)

),

final as (

    select
        lead_id,
        kind,
        interaction_type,
        signal_group,
        negative_group,
        sum(
            case
                when is_signal
                    then {{ decayed_points('points', 'occurred_at', 'as_of', 'half_life_days') }}
                else {{ quantized('points') }}
            end
        ) as points,
        count(case when points <> 0 then 1 end) as interaction_count,
        max(case when points <> 0 then occurred_at end) as last_occurred_at,
        max(case when is_hand_raise then occurred_at end) as last_hand_raise_at,
        count(case when is_recent then 1 end) as recent_count,
        sum(case when is_recent then cast(depth_factor as decimal(18, 6)) end)
            as recent_depth_factors
    from counting_by_then
    group by lead_id, kind, interaction_type, signal_group, negative_group

)

select * from final
