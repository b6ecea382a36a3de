with opportunities as (

    select * from {{ ref('fct_opportunities') }}
    where opportunity_type = 'new'

),

transitions as (

    select * from {{ ref('fct_lifecycle_transitions') }}
    where to_stage = 'sql' and is_effective

),

sqls as (

    select
        lead_id,
        min(case when basis = 'rules' then transitioned_at end) as sql_at,
        min(case when basis = 'crm' then transitioned_at end) as crm_sql_at
    from transitions
    group by lead_id

),

-- Once a deal is open the four can still be confirmed, but make no SQL any more.
confirmations as (

    select
        lead_id,
        min(answered_at) as confirmed_at
    from {{ ref('int_confirmations_dated') }}
    where is_all_confirmed
    group by lead_id

),

final as (

    select
        opportunities.opportunity_id,
        opportunities.lead_id,
        opportunities.account_id,
        opportunities.owner_id,
        opportunities.status,
        opportunities.status = 'open' as is_open,
        opportunities.amount,
        opportunities.currency,
        opportunities.created_at as opened_at,
        case
            when opportunities.lead_id is null then 'no_lead'
            when opportunities.is_orphan then 'unknown_lead'
            when opportunities.created_at is null then 'opening_unknown'
            when coalesce(sqls.sql_at, confirmations.confirmed_at) is null
                then 'never_confirmed'
            else 'confirmed_later'
        end as gap,
        sqls.sql_at,
        confirmations.confirmed_at,
        sqls.crm_sql_at,
        coalesce(sqls.crm_sql_at <= opportunities.created_at, false) as is_sql_in_crm
    from opportunities
    left join sqls
        on opportunities.lead_id = sqls.lead_id
    left join confirmations
        on opportunities.lead_id = confirmations.lead_id
    where coalesce(sqls.sql_at > opportunities.created_at, true)

)

select * from final
