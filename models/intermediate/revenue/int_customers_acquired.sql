with opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}
    where status = 'won'

),

leads as (

    select * from {{ ref('int_leads_enriched') }}
    where valid_to is null

),

customer_leads as (

    select * from {{ ref('int_customer_leads_dated') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

won_deals as (

    select
        opportunities.*,
        coalesce(
            opportunities.account_id,
            leads.account_id,
            'lead ' || opportunities.lead_id,
            'deal ' || opportunities.opportunity_id
        ) as customer_id
    from opportunities
    left join leads
        on opportunities.lead_id = leads.lead_id

),

in_order as (

    select
        won_deals.*,
        row_number() over (
            partition by won_deals.customer_id
            order by
                won_deals.closed_at nulls last,
                won_deals.created_at nulls last,
                won_deals.opportunity_id
        ) as deal_number
    from won_deals

),

-- Who was a customer by its record before the deal was opened is none that the deal has won.
known_before as (

    select distinct in_order.opportunity_id
    from in_order
    inner join customer_leads
        on
            in_order.lead_id = customer_leads.lead_id
            and customer_leads.customer_from < coalesce(in_order.created_at, in_order.closed_at)
    where in_order.deal_number = 1

),

final as (

    select
        in_order.opportunity_id,
        in_order.customer_id,
        in_order.lead_id,
        in_order.closed_at as won_at,
        cast(
            {{ dbt.date_trunc('month', in_time_zone('in_order.closed_at', 'reporting.time_zone')) }}
            as date
        ) as won_month,
        in_order.deal_number,
        in_order.deal_number = 1
        and in_order.opportunity_type = 'new'
        and known_before.opportunity_id is null as is_new_customer
    from in_order
    left join known_before
        on in_order.opportunity_id = known_before.opportunity_id
    cross join reporting

)

select * from final
