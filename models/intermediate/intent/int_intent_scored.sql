with changes as (

    select * from {{ ref('int_intent_changes_dated') }}

),

groups_decayed as (

    select * from {{ ref('int_intent_groups_decayed') }}

),

signal_groups as (

    select * from {{ ref('signal_groups') }}

),

steps as (

    select * from {{ ref('int_interactions_weighted') }}
    where kind = 'step' and zero_because is null

),

negative_groups as (

    select * from {{ ref('negative_groups') }}

),

scoring as (

    select * from {{ ref('scoring') }}

),

capped as (

    select
        groups_decayed.lead_id,
        groups_decayed.changed_at,
        sum(
            least({{ quantized('groups_decayed.uncapped_points') }}, signal_groups.cap_points)
        ) as capped_points,
        sum({{ quantized('groups_decayed.uncapped_points') }}) as uncapped_points,
        max(groups_decayed.half_life_days) as longest_half_life_days
    from groups_decayed
    inner join signal_groups
        on groups_decayed.signal_group = signal_groups.signal_group
    group by groups_decayed.lead_id, groups_decayed.changed_at

),

groups_stepped as (

    select
        changes.lead_id,
        changes.changed_at,
        steps.negative_group,
        sum({{ quantized('steps.points') }}) as step_points
    from changes
    inner join steps
        on
            changes.lead_id = steps.lead_id
            and changes.changed_at >= steps.counts_from
            and changes.changed_at < steps.step_until
    group by changes.lead_id, changes.changed_at, steps.negative_group

),

steps_active as (

    select
        groups_stepped.lead_id,
        groups_stepped.changed_at,
        sum(
            greatest(
                groups_stepped.step_points,
                coalesce(-negative_groups.cap_points, groups_stepped.step_points)
            )
        ) as step_points
    from groups_stepped
    left join negative_groups
        on groups_stepped.negative_group = negative_groups.negative_group
    group by groups_stepped.lead_id, groups_stepped.changed_at

),

added_up as (

    select
        changes.*,
        coalesce(capped.uncapped_points, 0) as uncapped_points,
        coalesce(capped.longest_half_life_days, 0) as longest_half_life_days,
        coalesce(steps_active.step_points, 0) as step_points,
        coalesce(capped.capped_points, 0) + coalesce(steps_active.step_points, 0)
            as intent_points
    from changes
    left join capped
        on
            changes.lead_id = capped.lead_id
            and changes.changed_at = capped.changed_at
    left join steps_active
        on
            changes.lead_id = steps_active.lead_id
            and changes.changed_at = steps_active.changed_at

),

final as (

    select
        added_up.lead_id,
        added_up.changed_at,
        added_up.next_changed_at,
        added_up.cause,
        added_up.is_hand_raise,
        added_up.uncapped_points,
        added_up.longest_half_life_days,
        added_up.step_points,
        added_up.intent_points,
        {{ score_of('added_up.intent_points', 'scoring.reference_points') }} as intent_score
    from added_up
    cross join scoring

)

select * from final
