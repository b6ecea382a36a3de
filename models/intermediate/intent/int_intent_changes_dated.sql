with leads as (

    select * from {{ ref('int_leads_fitted') }}

),

interactions as (

    select interactions.*
    from {{ ref('int_interactions_weighted') }} as interactions
    inner join leads
        on interactions.lead_id = leads.lead_id
    where interactions.zero_because is null

),

fit_scores as (

    select fit_scores.*
    from {{ ref('int_fit_scored') }} as fit_scores
    inner join leads
        on fit_scores.lead_id = leads.lead_id

),

objections as (

    select objections.*
    from {{ ref('int_profiling_objections_dated') }} as objections
    inner join leads
        on objections.lead_id = leads.lead_id

),

customers as (

    select customers.*
    from {{ ref('int_customer_leads_dated') }} as customers
    inner join leads
        on customers.lead_id = leads.lead_id

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

changes as (

    select
        lead_id,
        counts_from as changed_at,
        'interaction' as cause
    from interactions
    union all
    select
        lead_id,
        step_until as changed_at,
        'expiry' as cause
    from interactions
    where kind = 'step' and step_until > counts_from
    union all
    select distinct
        lead_id,
        valid_from as changed_at,
        'attribute' as cause
    from fit_scores
    union all
    select
        lead_id,
        objected_at as changed_at,
        'permission' as cause
    from objections
    union all
    select
        lead_id,
        objected_until as changed_at,
        'permission' as cause
    from objections
    where objected_until is not null
    union all
    select
        lead_id,
        customer_from as changed_at,
        'permission' as cause
    from customers
    union all
    select
        lead_id,
        customer_until as changed_at,
        'permission' as cause
    from customers
    where customer_until is not null

),

hand_raises as (

    select distinct
        lead_id,
        counts_from
    from interactions
    where is_hand_raise

),

-- What happened at the instant says why a score rose: a person before a record before a timer.
by_instant as (

    select
        lead_id,
        changed_at,
        max(case when cause = 'interaction' then 1 else 0 end) as interaction_count,
        max(case when cause = 'attribute' then 1 else 0 end) as attribute_count,
        max(case when cause = 'expiry' then 1 else 0 end) as expiry_count
    from changes
    group by lead_id, changed_at

),

final as (

    select
        by_instant.lead_id,
        by_instant.changed_at,
        lead(by_instant.changed_at) over (
            partition by by_instant.lead_id order by by_instant.changed_at
        ) as next_changed_at,
        case
            when by_instant.interaction_count > 0 then 'interaction'
            when by_instant.attribute_count > 0 then 'attribute'
            when by_instant.expiry_count > 0 then 'expiry'
            else 'permission'
        end as cause,
        hand_raises.lead_id is not null as is_hand_raise
    from by_instant
    inner join refresh_context
        on by_instant.changed_at <= refresh_context.as_of
    left join hand_raises
        on
            by_instant.lead_id = hand_raises.lead_id
            and by_instant.changed_at = hand_raises.counts_from

)

select * from final
