with changes as (

    select * from {{ ref('int_intent_changes_dated') }}

),

states as (

    select states.*
    from {{ ref('int_intent_states_historized') }} as states
    inner join {{ ref('int_leads_fitted') }} as leads
        on states.lead_id = leads.lead_id

),

groups_of_leads as (

    select distinct
        lead_id,
        signal_group,
        half_life_days
    from states

),

at_changes as (

    select
        changes.lead_id,
        changes.changed_at,
        groups_of_leads.signal_group,
        groups_of_leads.half_life_days,
        states.uncapped_points,
        case when states.lead_id is not null then changes.changed_at end as state_at
    from changes
    inner join groups_of_leads
        on changes.lead_id = groups_of_leads.lead_id
    left join states
        on
            groups_of_leads.lead_id = states.lead_id
            and groups_of_leads.signal_group = states.signal_group
            and changes.changed_at = states.changed_at

),

carried_forward as (

    select
        lead_id,
        changed_at,
        signal_group,
        half_life_days,
        last_value(uncapped_points ignore nulls) over latest as latest_points,
        last_value(state_at ignore nulls) over latest as latest_at
    from at_changes
    window
        latest as (
            partition by lead_id, signal_group
            order by changed_at
            rows between unbounded preceding and current row
        )

),

-- The score at any instant: the latest state, times what its age leaves of it.
final as (

    select
        lead_id,
        changed_at,
        signal_group,
        half_life_days,
        {{ points_of_quanta(
            'round(latest_points * pow(2.0, -'
            ~ half_lives_between('latest_at', 'changed_at', 'half_life_days') ~ ') * 1e18)'
        ) }} as uncapped_points
    from carried_forward
    where latest_at is not null

)

select * from final
