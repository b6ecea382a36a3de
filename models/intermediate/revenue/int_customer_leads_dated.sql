with leads as (

    select * from {{ ref('int_leads_enriched') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

accounts_of_leads as (

    select
        lead_id,
        account_id
    from leads
    where valid_to is null

),

accounts_won as (

    select
        coalesce(opportunities.account_id, accounts_of_leads.account_id) as account_id,
        min(opportunities.closed_at) as won_at
    from opportunities
    left join accounts_of_leads
        on opportunities.lead_id = accounts_of_leads.lead_id
    where opportunities.status = 'won' and opportunities.closed_at is not null
    group by coalesce(opportunities.account_id, accounts_of_leads.account_id)

),

-- A company is a customer since its first deal was won or its record says so, unless the record
-- says that it is one no more. A first load tells today's status: it counts from then on.
periods as (

    select
        leads.lead_id,
        leads.valid_to,
        case
            when leads.account_status = 'customer' and accounts_won.won_at is null
                then greatest(leads.valid_from, leads.account_told_at)
            when leads.account_status = 'customer'
                then
                    greatest(
                        leads.valid_from, least(leads.account_told_at, accounts_won.won_at)
                    )
            else greatest(leads.valid_from, accounts_won.won_at)
        end as valid_from
    from leads
    left join accounts_won
        on leads.account_id = accounts_won.account_id
    where
        leads.account_status = 'customer'
        or (
            accounts_won.won_at is not null
            and coalesce(leads.account_status, '') <> 'former_customer'
            and accounts_won.won_at < {{ open_end('leads.valid_to') }}
        )

),

final as (

    select
        lead_id,
        valid_from as customer_from,
        valid_to as customer_until
    from periods
    where valid_to is null or valid_from < valid_to

)

select * from final
