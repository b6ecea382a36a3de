with mqls as (

    select * from {{ ref('fct_mql_grades') }}

),

segments as (

    select * from {{ ref('int_leads_segmented') }}

),

-- What a customer buys on top says nothing of the qualification.
deals as (

    select * from {{ ref('fct_opportunities') }}
    where coalesce(opportunity_type, 'new') <> 'expansion'

),

conversions as (

    select
        basis,
        lead_id,
        max(case when to_stage = 'sql' and is_converted then 1 else 0 end) as became_sql,
        max(case when to_stage = 'customer' and is_converted then 1 else 0 end)
            as became_customer,
        min(case when is_window_over then 1 else 0 end) as is_window_over
    from {{ ref('fct_funnel_conversions') }}
    where from_stage = 'mql' and to_stage in ('sql', 'customer') and lead_id is not null
    group by basis, lead_id

),

-- A deal that was closed before is no work of the qualification.
deals_of_leads as (

    select
        mqls.mql_grade_id,
        count(case when deals.status = 'won' then 1 end) as won_count,
        count(case when deals.status = 'lost' then 1 end) as lost_count,
        count(case when deals.status = 'open' then 1 end) as open_count,
        count(case when deals.status = 'won' then deals.reporting_amount end)
            as valued_won_count,
        sum(case when deals.status = 'won' then deals.reporting_amount end) as won_amount,
        min(case when deals.status = 'won' and deals.cycle_days >= 0 then deals.cycle_days end)
            as won_cycle_days
    from mqls
    inner join deals
        on
            mqls.lead_id = deals.lead_id
            and (deals.closed_at is null or mqls.qualified_at <= deals.closed_at)
    group by mqls.mql_grade_id

),

cells as (

    select
        mqls.basis,
        mqls.qualified_month,
        segments.dimension,
        segments.segment,
        mqls.grade,
        max(mqls.temperature) as temperature,
        count(*) as mql_count,
        sum(coalesce(conversions.became_sql, 0)) as sql_count,
        sum(coalesce(conversions.became_customer, 0)) as customer_count,
        sum(coalesce(deals_of_leads.won_count, 0)) as won_count,
        sum(coalesce(deals_of_leads.lost_count, 0)) as lost_count,
        sum(coalesce(deals_of_leads.open_count, 0)) as open_count,
        sum(coalesce(deals_of_leads.valued_won_count, 0)) as valued_won_count,
        sum(deals_of_leads.won_amount) as won_amount,
        {{ median('deals_of_leads.won_cycle_days') }} as median_won_cycle_days,
        min(coalesce(conversions.is_window_over, 0)) = 1 as is_mature
    from mqls
    inner join segments
        on mqls.lead_id = segments.lead_id
    left join conversions
        on
            mqls.basis = conversions.basis
            and mqls.lead_id = conversions.lead_id
    left join deals_of_leads
        on mqls.mql_grade_id = deals_of_leads.mql_grade_id
    group by
        mqls.basis,
        mqls.qualified_month,
        segments.dimension,
        segments.segment,
        mqls.grade

),

final as (

    select
        {{ surrogate_key(['basis', 'qualified_month', 'dimension', 'segment', 'grade']) }}
            as qualification_quality_id,
        basis,
        qualified_month,
        dimension,
        segment,
        grade,
        temperature,
        mql_count,
        cast(sql_count as bigint) as sql_count,
        cast(sql_count as double) / nullif(mql_count, 0) as sql_rate,
        cast(customer_count as bigint) as customer_count,
        cast(customer_count as double) / nullif(mql_count, 0) as customer_rate,
        cast(won_count as bigint) as won_count,
        cast(lost_count as bigint) as lost_count,
        cast(open_count as bigint) as open_count,
        cast(won_count as double) / nullif(won_count + lost_count, 0) as win_rate,
        cast(won_amount as decimal(38, 4)) as won_amount,
        cast(won_count - valued_won_count as bigint) as unknown_amount_count,
        cast(won_amount as double) / nullif(valued_won_count, 0) as mean_deal_amount,
        cast(median_won_cycle_days as double) as median_won_cycle_days,
        is_mature
    from cells

)

select * from final
