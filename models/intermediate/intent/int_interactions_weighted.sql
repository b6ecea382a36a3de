{{ config(materialized='view', tags=['all_interactions']) }}

with interactions as (

    select * from {{ ref('int_interactions_attributed') }}
    where is_lead_known

),

screened as (

    select * from {{ ref('int_interactions_screened') }}

),

assets as (

    select * from {{ ref('int_assets_matched') }}

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

-- All that rules say of a type in one row, for interactions to be looked up in once.
counted_types as (

    select
        coalesce(signals.interaction_type, negative_steps.interaction_type) as interaction_type,
        signals.signal_group,
        signal_groups.half_life_days,
        signals.is_hand_raise,
        signals.points as signal_points,
        signals.reference_depth,
        signals.depth_unit,
        signals.min_depth_factor,
        signals.max_depth_factor,
        negative_steps.points as step_points,
        negative_steps.lasts_days,
        negative_steps.negative_group
    from signals
    left join signal_groups
        on signals.signal_group = signal_groups.signal_group
    full outer join negative_steps
        on signals.interaction_type = negative_steps.interaction_type

),

-- What an interaction counts as, and what of it counts.
told_apart as (

    select
        interactions.*,
        coalesce(assets.counts_as, lower(trim(interactions.interaction_type))) as counted_type,
        coalesce(assets.weight_factor, 1) as weight_factor,
        assets.pattern_name,
        screened.zero_because
    from interactions
    left join assets
        on
            lower(trim(interactions.interaction_type)) = assets.interaction_type
            and interactions.asset = assets.asset
    left join screened
        on interactions.interaction_id = screened.interaction_id

),

with_depth as (

    select
        interactions.lead_id,
        interactions.interaction_id,
        coalesce(counted_types.interaction_type, interactions.interaction_type)
            as interaction_type,
        lower(trim(interactions.interaction_type)) as recorded_type,
        interactions.pattern_name,
        interactions.occurred_at,
        interactions.counts_from,
        interactions.first_known_at,
        interactions.is_first_known_at_assumed,
        interactions.zero_because,
        cast(interactions.weight_factor as double) as weight_factor,
        counted_types.signal_group,
        counted_types.half_life_days,
        counted_types.is_hand_raise,
        counted_types.signal_points,
        counted_types.step_points,
        counted_types.lasts_days,
        counted_types.negative_group,
        -- Depth that is missing, impossible or in another unit says nothing.
        case
            when
                interactions.depth >= 0
                and counted_types.reference_depth is not null
                and (
                    interactions.depth_unit is null
                    or lower(trim(interactions.depth_unit)) = lower(trim(counted_types.depth_unit))
                )
                then
                    greatest(
                        cast(counted_types.min_depth_factor as double),
                        least(
                            cast(counted_types.max_depth_factor as double),
                            interactions.depth / cast(counted_types.reference_depth as double)
                        )
                    )
            else 1.0
        end as depth_factor
    from told_apart as interactions
    left join counted_types
        on interactions.counted_type = counted_types.interaction_type

),

weighed as (

    select
        *,
        -- In doubles until they are summed: a cast of a long decimal costs as much as the rest.
        coalesce(
            cast(step_points as double) * weight_factor,
            cast(signal_points as double) * weight_factor * depth_factor,
            cast(0 as double)
        ) as unscreened_points
    from with_depth

),

final as (

    select
        lead_id,
        interaction_id,
        interaction_type,
        recorded_type,
        pattern_name,
        occurred_at,
        counts_from,
        first_known_at,
        is_first_known_at_assumed,
        case
            when signal_group is not null then 'signal'
            when step_points is not null then 'step'
            else 'no rule'
        end as kind,
        signal_group,
        half_life_days,
        depth_factor,
        unscreened_points,
        case when zero_because is null then unscreened_points else cast(0 as double) end
            as points,
        coalesce(is_hand_raise and zero_because is null, false) as is_hand_raise,
        {{ days_after('occurred_at', 'lasts_days') }} as step_until,
        negative_group,
        case
            when zero_because is not null then zero_because
            when signal_group is null and step_points is null then 'unknown_type'
        end as zero_because
    from weighed

)

select * from final
