with contact_weeks as (

    select * from {{ ref('fct_contact_weeks') }}

),

unsubscriptions as (

    select * from {{ ref('int_unsubscriptions_dated') }}

),

leads_segmented as (

    select * from {{ ref('int_leads_segmented') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- A week counts in the month of its Monday.
told as (

    select
        lead_id,
        cast({{ dbt.date_trunc('month', 'week_start_date') }} as date) as pressure_month,
        1 as week_count,
        contact_count,
        case when is_over_cap then 1 else 0 end as over_cap_count,
        case when mail_count > 0 then 1 else 0 end as is_mailed,
        0 as is_unsubscribed
    from contact_weeks
    union all
    select
        unsubscriptions.lead_id,
        {{ month_of('unsubscriptions.unsubscribed_at', 'reporting.time_zone') }}
            as pressure_month,
        0 as week_count,
        0 as contact_count,
        0 as over_cap_count,
        0 as is_mailed,
        1 as is_unsubscribed
    from unsubscriptions
    cross join reporting

),

lead_months as (

    select
        lead_id,
        pressure_month,
        sum(week_count) as week_count,
        sum(contact_count) as contact_count,
        max(contact_count) as max_contact_count,
        sum(over_cap_count) as over_cap_count,
        max(is_mailed) as is_mailed,
        max(is_unsubscribed) as is_unsubscribed
    from told
    group by lead_id, pressure_month

),

counted as (

    select
        lead_months.pressure_month,
        leads_segmented.dimension,
        leads_segmented.segment,
        sum(lead_months.week_count) as lead_week_count,
        sum(lead_months.contact_count) as contact_count,
        max(lead_months.max_contact_count) as max_contact_count,
        sum(lead_months.over_cap_count) as over_cap_count,
        sum(lead_months.is_mailed) as mailed_lead_count,
        sum(lead_months.is_unsubscribed) as unsubscribed_count,
        sum(lead_months.is_mailed * lead_months.is_unsubscribed) as unsubscribed_mailed_count
    from lead_months
    inner join leads_segmented
        on lead_months.lead_id = leads_segmented.lead_id
    group by
        lead_months.pressure_month,
        leads_segmented.dimension,
        leads_segmented.segment

),

final as (

    select
        {{ surrogate_key([
            'counted.pressure_month', 'counted.dimension', 'counted.segment',
        ]) }} as contact_pressure_id,
        counted.pressure_month,
        counted.dimension,
        counted.segment,
        cast(counted.lead_week_count as bigint) as lead_week_count,
        cast(counted.contact_count as bigint) as contact_count,
        cast(counted.max_contact_count as bigint) as max_contact_count,
        cast(counted.over_cap_count as bigint) as over_cap_count,
        cast(counted.contact_count as double)
        / nullif(counted.lead_week_count, 0) as contacts_per_lead_week,
        cast(counted.over_cap_count as double)
        / nullif(counted.lead_week_count, 0) as over_cap_rate,
        cast(counted.mailed_lead_count as bigint) as mailed_lead_count,
        cast(counted.unsubscribed_count as bigint) as unsubscribed_count,
        cast(counted.unsubscribed_mailed_count as bigint) as unsubscribed_mailed_count,
        cast(counted.unsubscribed_mailed_count as double) / nullif(counted.mailed_lead_count, 0)
            as unsubscribe_rate,
        counted.pressure_month < {{ month_of('refresh_context.as_of', 'reporting.time_zone') }}
            as is_mature
    from counted
    cross join reporting
    cross join refresh_context

)

select * from final
