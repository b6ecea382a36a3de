with members as (

    select * from {{ ref('int_campaign_members_resolved') }}
    where responded_at is not null

),

deals as (

    select * from {{ ref('fct_opportunities') }}

),

opportunity_contacts as (

    select * from {{ ref('int_opportunity_contacts_resolved') }}

),

people_of_deals as (

    select
        opportunity_id,
        lead_id
    from deals
    where lead_id is not null
    union
    select
        opportunity_id,
        lead_id
    from opportunity_contacts

),

-- A campaign touched a deal when one of its people responded before the close; being invited, or a
-- response after it, has moved nobody.
touched as (

    select
        members.campaign_id,
        people_of_deals.opportunity_id,
        count(*) as person_count,
        min(members.responded_at) as first_responded_at
    from members
    inner join people_of_deals
        on members.lead_id = people_of_deals.lead_id
    inner join deals
        on people_of_deals.opportunity_id = deals.opportunity_id
    where deals.status = 'open' or members.responded_at <= deals.closed_at
    group by members.campaign_id, people_of_deals.opportunity_id

),

final as (

    select
        {{ surrogate_key(['touched.campaign_id', 'touched.opportunity_id']) }}
            as campaign_influence_id,
        touched.campaign_id,
        touched.opportunity_id,
        cast(touched.person_count as bigint) as person_count,
        touched.first_responded_at,
        coalesce(touched.first_responded_at < deals.created_at, false) as is_before_opening,
        deals.status,
        deals.closed_at,
        deals.reporting_amount
    from touched
    inner join deals
        on touched.opportunity_id = deals.opportunity_id

)

select * from final
