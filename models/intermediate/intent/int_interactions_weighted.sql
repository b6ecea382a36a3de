{{ config(materialized='view') }}

with interactions as (

    select * from {{ ref('int_interactions_attributed') }}

),

leads as (

    select distinct lead_id
    from {{ ref('int_leads_historized') }}

),

signals as (

    select * from {{ ref('signals') }}

),

signal_groups as (

    select * from {{ ref('signal_groups') }}

),

negative_steps as (

    select * from {{ ref('negative_steps') }}

),

with_depth as (

    select
        interactions.lead_id,
        interactions.interaction_id,
        coalesce(
            signals.interaction_type, negative_steps.interaction_type, interactions.interaction_type
        ) as interaction_type,
        interactions.occurred_at,
        interactions.counts_from,
        signals.signal_group,
        signal_groups.half_life_days,
        signals.is_hand_raise,
        signals.points as signal_points,
        negative_steps.points as step_points,
        negative_steps.lasts_days,
        -- Depth that is missing, impossible or in another unit says nothing.
        case
            when
                interactions.depth >= 0
                and signals.reference_depth is not null
                and (
                    interactions.depth_unit is null
                    or lower(trim(interactions.depth_unit)) = lower(trim(signals.depth_unit))
                )
                then
                    greatest(
                        cast(signals.min_depth_factor as double),
                        least(
                            cast(signals.max_depth_factor as double),
                            interactions.depth / cast(signals.reference_depth as double)
                        )
                    )
            else 1.0
        end as depth_factor
    from interactions
    inner join leads
        on interactions.lead_id = leads.lead_id
    left join signals
        on lower(trim(interactions.interaction_type)) = signals.interaction_type
    left join signal_groups
        on signals.signal_group = signal_groups.signal_group
    left join negative_steps
        on lower(trim(interactions.interaction_type)) = negative_steps.interaction_type

),

final as (

    select
        lead_id,
        interaction_id,
        interaction_type,
        occurred_at,
        counts_from,
        case
            when signal_group is not null then 'signal'
            when step_points is not null then 'step'
            else 'no rule'
        end as kind,
        signal_group,
        half_life_days,
        depth_factor,
        {{ quantized(
            "coalesce(step_points, cast(signal_points as double) * depth_factor, 0)"
        ) }} as points,
        coalesce(is_hand_raise, false) as is_hand_raise,
        {{ days_after('occurred_at', 'lasts_days') }} as step_until,
        case when signal_group is null and step_points is null then 'unknown_type' end
            as zero_because
    from with_depth

)

select * from final
