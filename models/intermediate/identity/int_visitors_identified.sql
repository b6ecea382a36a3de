with interactions as (

    select
        interaction_id,
        visitor_id,
        lead_id,
        occurred_at
    from {{ ref('int_interactions_resolved') }}
    where visitor_id is not null

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

identity as (

    select * from {{ ref('identity') }}

),

-- Only of those is it of interest who they are.
anonymous_visitors as (

    select distinct visitor_id
    from interactions
    where lead_id is null

),

first_identified as (

    select
        interactions.visitor_id,
        interactions.lead_id,
        min(interactions.occurred_at) as identified_at
    from interactions
    inner join anonymous_visitors
        on interactions.visitor_id = anonymous_visitors.visitor_id
    where interactions.lead_id is not null
    group by interactions.visitor_id, interactions.lead_id

),

-- What many people use, a kiosk or a tablet on a stand, says nothing of who is there.
counted as (

    select
        first_identified.visitor_id,
        count(*) as record_count,
        count(
            distinct coalesce(identities.surviving_lead_id, first_identified.lead_id)
        ) as lead_count
    from first_identified
    left join identities
        on first_identified.lead_id = identities.lead_id
    group by first_identified.visitor_id

),

of_few_people as (

    select counted.*
    from counted
    inner join identity
        on counted.lead_count <= identity.max_leads_per_visitor

),

of_one_record as (

    select
        first_identified.visitor_id,
        first_identified.lead_id,
        cast(null as timestamp) as anonymous_after,
        cast(null as timestamp) as anonymous_until,
        first_identified.identified_at
    from first_identified
    inner join of_few_people
        on first_identified.visitor_id = of_few_people.visitor_id
    where of_few_people.record_count = 1

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
    where interactions.lead_id is not null and of_few_people.record_count > 1
    window
        of_visitor as (
            partition by interactions.visitor_id
            order by interactions.occurred_at, interactions.interaction_id
        )

),

-- A stretch reaches back to the last time that the visitor was somebody else, and as far as the
-- last time of the same lead; the last one has no end.
of_several_records as (

    select
        visitor_id,
        lead_id,
        occurred_before as anonymous_after,
        lead(occurred_before) over (
            partition by visitor_id
            order by occurred_at, interaction_id
        ) as anonymous_until,
        occurred_at as identified_at
    from in_order
    where lead_before is null or lead_before <> lead_id

),

final as (

    select * from of_one_record
    union all
    select * from of_several_records

)

select * from final
