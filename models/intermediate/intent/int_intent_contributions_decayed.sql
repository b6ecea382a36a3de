{{ config(materialized='view', tags=['all_interactions']) }}

-- What each interaction is worth at the as-of instant. It changes with every hour, so nothing of it
-- is stored but the undecayed points.
with interactions as (

    select * from {{ ref('int_interactions_weighted') }}

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

known_by_then as (

    select
        interactions.*,
        refresh_context.as_of
    from interactions
    cross join refresh_context
    where interactions.counts_from <= refresh_context.known_until

),

signals as (

    select
        lead_id,
        1 as sort_order,
        'signal' as kind,
        interaction_type as rule,
        signal_group as rule_group,
        interaction_id,
        occurred_at,
        {{ quantized('unscreened_points') }} as undecayed_points,
        {{ decayed_points('points', 'occurred_at', 'as_of', 'half_life_days') }} as points,
        zero_because as note
    from known_by_then
    where kind = 'signal'

),

unscored as (

    select
        lead_id,
        1 as sort_order,
        'signal' as kind,
        interaction_type as rule,
        cast(null as varchar) as rule_group,
        interaction_id,
        occurred_at,
        {{ quantized('points') }} as undecayed_points,
        {{ quantized('points') }} as points,
        zero_because as note
    from known_by_then
    where kind = 'no rule'

),

group_sums as (

    select
        lead_id,
        rule_group,
        sum(points) as points
    from signals
    group by lead_id, rule_group

),

caps as (

    select
        group_sums.lead_id,
        2 as sort_order,
        'cap' as kind,
        group_sums.rule_group as rule,
        group_sums.rule_group,
        cast(null as varchar) as interaction_id,
        cast(null as timestamp) as occurred_at,
        cast(null as decimal(38, 18)) as undecayed_points,
        {{ quantized('signal_groups.cap_points - group_sums.points') }} as points,
        cast(null as varchar) as note
    from group_sums
    inner join signal_groups
        on group_sums.rule_group = signal_groups.signal_group
    where group_sums.points > signal_groups.cap_points

),

steps as (

    select
        lead_id,
        3 as sort_order,
        'step' as kind,
        interaction_type as rule,
        negative_group as rule_group,
        interaction_id,
        occurred_at,
        {{ quantized('unscreened_points') }} as undecayed_points,
        {{ quantized('points') }} as points,
        zero_because as note
    from known_by_then
    where kind = 'step' and as_of < step_until

),

negative_sums as (

    select
        lead_id,
        rule_group,
        sum(points) as points
    from steps
    group by lead_id, rule_group

),

negative_caps as (

    select
        negative_sums.lead_id,
        3 as sort_order,
        'cap' as kind,
        negative_sums.rule_group as rule,
        negative_sums.rule_group,
        cast(null as varchar) as interaction_id,
        cast(null as timestamp) as occurred_at,
        cast(null as decimal(38, 18)) as undecayed_points,
        {{ quantized('-negative_groups.cap_points - negative_sums.points') }} as points,
        cast(null as varchar) as note
    from negative_sums
    inner join negative_groups
        on negative_sums.rule_group = negative_groups.negative_group
    where negative_sums.points < -negative_groups.cap_points

),

before_clamp as (

    select * from signals
    union all
    select * from unscored
    union all
    select * from caps
    union all
    select * from steps
    union all
    select * from negative_caps

),

sums as (

    select
        lead_id,
        sum(points) as points
    from before_clamp
    group by lead_id

),

clamps as (

    select
        sums.lead_id,
        4 as sort_order,
        'clamp' as kind,
        case when sums.points < 0 then 'floor' else 'ceiling' end as rule,
        cast(null as varchar) as rule_group,
        cast(null as varchar) as interaction_id,
        cast(null as timestamp) as occurred_at,
        cast(null as decimal(38, 18)) as undecayed_points,
        {{ quantized(
            'greatest(0, least(sums.points, scoring.reference_points)) - sums.points'
        ) }} as points,
        cast(null as varchar) as note
    from sums
    cross join scoring
    where sums.points < 0 or sums.points > scoring.reference_points

),

unioned as (

    select * from before_clamp
    union all
    select * from clamps

),

final as (

    select
        unioned.lead_id,
        unioned.sort_order,
        unioned.kind,
        unioned.rule,
        unioned.rule_group,
        unioned.interaction_id,
        unioned.occurred_at,
        unioned.undecayed_points,
        unioned.points,
        unioned.note,
        scoring.reference_points as full_points
    from unioned
    cross join scoring

)

select * from final
