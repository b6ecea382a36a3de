with interactions as (

    select * from {{ ref('int_interactions_resolved') }}
    where visitor_id is not null and lead_id is not null

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

identity as (

    select * from {{ ref('identity') }}

),

-- What many people use, a kiosk or a tablet on a stand, says nothing of who is there.
people as (

    select
        interactions.visitor_id,
        count(
            distinct coalesce(identities.surviving_lead_id, interactions.lead_id)
        ) as lead_count
    from interactions
    left join identities
        on interactions.lead_id = identities.lead_id
    group by interactions.visitor_id

),

of_few_people as (

    select people.visitor_id
    from people
    inner join identity
        on people.lead_count <= identity.max_leads_per_visitor

),

in_order as (

    select
        interactions.visitor_id,
        interactions.lead_id,
        interactions.occurred_at,
        interactions.interaction_id,
        lag(interactions.lead_id) over of_visitor as lead_before,
        lag(interactions.occurred_at) over of_visitor as occurred_before
    from interactions
    inner join of_few_people
        on interactions.visitor_id = of_few_people.visitor_id
    window
        of_visitor as (
            partition by interactions.visitor_id
            order by interactions.occurred_at, interactions.interaction_id
        )

),

-- A stretch reaches back to the last time that the visitor was somebody else, and as far as the
-- last time of the same lead; the last one has no end.
stretches as (

    select
        visitor_id,
        lead_id,
        occurred_before as since,
        occurred_at as identified_at,
        lead(occurred_before) over (
            partition by visitor_id
            order by occurred_at, interaction_id
        ) as until
    from in_order
    where lead_before is null or lead_before <> lead_id

),

final as (

    select
        visitor_id,
        lead_id,
        since as anonymous_after,
        until as anonymous_until,
        identified_at
    from stretches

)

select * from final
