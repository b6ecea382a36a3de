with opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

amounts as (

    select * from {{ ref('int_amounts_converted') }}
    where table_name = 'opportunities'

),

leads as (

    select * from {{ ref('dim_leads') }}

),

final as (

    select
        opportunities.opportunity_id,
        opportunities.lead_id,
        opportunities.account_id,
        opportunities.opportunity_name,
        opportunities.opportunity_type,
        opportunities.status,
        opportunities.stage,
        cast(opportunities.amount as decimal(18, 4)) as amount,
        opportunities.currency,
        cast(amounts.reporting_amount as decimal(18, 4)) as reporting_amount,
        amounts.reporting_currency,
        amounts.exchange_rate,
        amounts.exchange_rate_date,
        opportunities.forecast_category,
        opportunities.lost_reason,
        opportunities.owner_id,
        leads.source,
        opportunities.created_at,
        opportunities.closed_at,
        opportunities.expected_close_date,
        cast(
            {{ days_between('opportunities.created_at', 'opportunities.closed_at') }} as double
        ) as cycle_days,
        cast(
            {{ days_between('leads.created_at', 'opportunities.closed_at') }} as double
        ) as days_from_lead_to_close,
        opportunities.lead_id is not null and leads.lead_id is null as is_orphan,
        coalesce(opportunities.closed_at < opportunities.created_at, false)
        or coalesce(opportunities.closed_at < leads.created_at, false) as is_closed_too_early,
        opportunities.known_at,
        opportunities.is_known_at_assumed
    from opportunities
    left join amounts
        on opportunities.opportunity_id = amounts.record_id
    left join leads
        on opportunities.lead_id = leads.lead_id

)

select * from final
