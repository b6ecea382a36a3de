{{ config(materialized='view', tags=['all_interactions']) }}

-- What each score was made of since when. At any instant t, of the rows with
-- changed_at <= t < next_changed_at:
--   fit = the points of kind `fit`
--   intent = 100 x clamp(sum over groups of least(points x 2^(-(t - changed_at) / half_life), cap)
--   + sum over components of steps of greatest(sum of points, -cap), 0, full) / full
with fit_scores as (

    select * from {{ ref('int_fit_scored') }}
    where place = 1

),

states as (

    select * from {{ ref('int_intent_states_historized') }}

),

interactions as (

    select * from {{ ref('int_interactions_weighted') }}
    where kind = 'step' and zero_because is null and step_until > counts_from

),

signal_groups as (

    select * from {{ ref('signal_groups') }}

),

negative_groups as (

    select * from {{ ref('negative_groups') }}

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

fits as (

    select
        fit_scores.lead_id,
        'fit' as score,
        'fit' as kind,
        fit_scores.profile as component,
        cast(null as varchar) as interaction_id,
        fit_scores.valid_from as changed_at,
        case when fit_scores.valid_to <= refresh_context.known_until then fit_scores.valid_to end
            as next_changed_at,
        case when fit_scores.is_excluded then 0 else fit_scores.fit_score end as points,
        cast(null as decimal(18, 6)) as half_life_days,
        cast(null as decimal(18, 6)) as cap_points,
        100 as full_points
    from fit_scores
    cross join refresh_context
    where fit_scores.valid_from <= refresh_context.known_until

),

groups_of_signals as (

    select
        states.lead_id,
        'intent' as score,
        'group' as kind,
        states.signal_group as component,
        cast(null as varchar) as interaction_id,
        states.changed_at,
        case when states.next_changed_at <= refresh_context.as_of then states.next_changed_at end
            as next_changed_at,
        states.uncapped_points as points,
        states.half_life_days,
        signal_groups.cap_points,
        scoring.reference_points as full_points
    from states
    inner join signal_groups
        on states.signal_group = signal_groups.signal_group
    cross join scoring
    cross join refresh_context
    where states.changed_at <= refresh_context.as_of

),

steps as (

    select
        interactions.lead_id,
        'intent' as score,
        'step' as kind,
        coalesce(interactions.negative_group, interactions.interaction_type) as component,
        interactions.interaction_id,
        interactions.counts_from as changed_at,
        interactions.step_until as next_changed_at,
        interactions.points,
        cast(null as decimal(18, 6)) as half_life_days,
        negative_groups.cap_points,
        scoring.reference_points as full_points
    from interactions
    cross join scoring
    cross join refresh_context
    left join negative_groups
        on interactions.negative_group = negative_groups.negative_group
    where interactions.counts_from <= refresh_context.as_of

),

unioned as (

    select * from fits
    union all
    select * from groups_of_signals
    union all
    select * from steps

),

final as (

    select
        lead_id,
        score,
        kind,
        component,
        interaction_id,
        changed_at,
        next_changed_at,
        cast(points as decimal(38, 18)) as points,
        cast(half_life_days as decimal(18, 6)) as half_life_days,
        cast(cap_points as decimal(18, 6)) as cap_points,
        cast(full_points as decimal(18, 6)) as full_points
    from unioned

)

select * from final
