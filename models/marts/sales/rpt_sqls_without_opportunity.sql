with intervals as (

    select * from {{ ref('fct_stage_intervals') }}
    where stage = 'sql' and is_current

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}
    where opportunity_type = 'new'

),

leads as (

    select * from {{ ref('dim_leads') }}

),

handover_rules as (

    select * from {{ ref('handover_rules') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- A deal that was there before, and was not lost before, is the opportunity.
leads_with_deals as (

    select
        intervals.basis,
        intervals.lead_id
    from intervals
    inner join opportunities
        on intervals.lead_id = opportunities.lead_id
    where opportunities.status <> 'lost' or opportunities.closed_at > intervals.entered_at
    group by intervals.basis, intervals.lead_id

),

open_deals_of_accounts as (

    select
        coalesce(opportunities.account_id, leads.account_id) as account_id,
        min(opportunities.opportunity_id) as opportunity_id
    from opportunities
    left join leads
        on opportunities.lead_id = leads.lead_id
    where opportunities.status = 'open'
    group by coalesce(opportunities.account_id, leads.account_id)

),

final as (

    select
        intervals.stage_interval_id,
        intervals.basis,
        intervals.lead_id,
        leads.account_id,
        leads.owner_id,
        leads.rules_stage,
        leads.crm_stage,
        intervals.entered_at as sql_at,
        {{ days_after('intervals.entered_at', 'handover_rules.opportunity_due_days') }}
            as opportunity_due_at,
        intervals.stayed_days as waiting_days,
        open_deals_of_accounts.opportunity_id as account_opportunity_id
    from intervals
    left join leads
        on intervals.lead_id = leads.lead_id
    left join leads_with_deals
        on
            intervals.basis = leads_with_deals.basis
            and intervals.lead_id = leads_with_deals.lead_id
    left join open_deals_of_accounts
        on leads.account_id = open_deals_of_accounts.account_id
    cross join handover_rules
    cross join refresh_context
    where
        leads_with_deals.lead_id is null
        and refresh_context.as_of
        > {{ days_after('intervals.entered_at', 'handover_rules.opportunity_due_days') }}

)

select * from final
