{{ config(materialized='view', tags=['all_interactions']) }}

-- What each interaction is worth at the as-of instant. It changes with every hour, so nothing of it
-- is stored but the undecayed points. Nothing large is read twice, so that who asks for one lead
-- reads the interactions of that lead.
with interactions as (

    select * from {{ ref('int_interactions_weighted') }}

),

signals_stored as (

    select * from {{ ref('int_signals_stored') }}

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

-- Every interaction that is known by then; of steps, those that are not over.
counted as (

    select
        interactions.lead_id,
        case when interactions.kind = 'step' then 3 else 1 end as sort_order,
        case when interactions.kind = 'step' then 'step' else 'signal' end as kind,
        interactions.interaction_type as rule,
        coalesce(interactions.signal_group, interactions.negative_group) as rule_group,
        interactions.interaction_id,
        interactions.occurred_at,
        cast(interactions.unscreened_points as decimal(28, 12)) as undecayed_points,
        case
            when interactions.kind = 'signal'
                then {{ decayed_points(
                    'interactions.points',
                    'interactions.occurred_at',
                    'refresh_context.as_of',
                    'interactions.half_life_days'
                ) }}
            else {{ quantized('interactions.points') }}
        end as points,
        interactions.zero_because as note
    from interactions
    cross join refresh_context
    where
        interactions.counts_from <= refresh_context.known_until
        and (interactions.kind <> 'step' or refresh_context.as_of < interactions.step_until)

),

summed as (

    select
        lead_id,
        kind,
        coalesce(signal_group, negative_group) as rule_group,
        sum(points) as points
    from signals_stored
    group by lead_id, kind, coalesce(signal_group, negative_group)

),

capped as (

    select
        summed.lead_id,
        summed.kind,
        summed.rule_group,
        case
            when summed.kind = 'signal' and summed.points > signal_groups.cap_points
                then {{ quantized('signal_groups.cap_points - summed.points') }}
            when summed.kind = 'step' and summed.points < -negative_groups.cap_points
                then {{ quantized('-negative_groups.cap_points - summed.points') }}
            else {{ quantized('0') }}
        end as cap_points,
        summed.points
    from summed
    left join signal_groups
        on case when summed.kind = 'signal' then summed.rule_group end = signal_groups.signal_group
    left join negative_groups
        on
            case when summed.kind = 'step' then summed.rule_group end
            = negative_groups.negative_group

),

clamped as (

    select
        capped.*,
        sum(capped.points + capped.cap_points) over (partition by capped.lead_id) as lead_points,
        row_number() over (
            partition by capped.lead_id order by capped.kind, capped.rule_group
        ) as place_of_lead,
        scoring.reference_points
    from capped
    cross join scoring

),

taken as (

    select 'cap' as kind
    union all
    select 'clamp' as kind

),

-- What caps and the clamp take is a row each, so that rows add up to the score.
limits as (

    select
        clamped.lead_id,
        case
            when taken.kind = 'clamp' then 4
            when clamped.kind = 'signal' then 2
            else 3
        end as sort_order,
        taken.kind,
        case
            when taken.kind = 'cap' then clamped.rule_group
            when clamped.lead_points < 0 then 'floor'
            else 'ceiling'
        end as rule,
        case when taken.kind = 'cap' then clamped.rule_group end as rule_group,
        cast(null as varchar) as interaction_id,
        cast(null as timestamp) as occurred_at,
        cast(null as decimal(28, 12)) as undecayed_points,
        case
            when taken.kind = 'cap' then clamped.cap_points
            else {{ quantized(
                'greatest(0, least(clamped.lead_points, clamped.reference_points))'
                ~ ' - clamped.lead_points'
            ) }}
        end as points,
        cast(null as varchar) as note
    from clamped
    cross join taken
    where
        (taken.kind = 'cap' and clamped.cap_points <> 0)
        or (
            taken.kind = 'clamp'
            and clamped.place_of_lead = 1
            and (clamped.lead_points < 0 or clamped.lead_points > clamped.reference_points)
        )

),

unioned as (

    select * from counted
    union all
    select * from limits

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
