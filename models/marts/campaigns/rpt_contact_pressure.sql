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
        {{ surrogate_key(['pressure_month', 'dimension', 'segment']) }} as contact_pressure_id,
        pressure_month,
        dimension,
        segment,
        cast(lead_week_count as bigint) as lead_week_count,
        cast(contact_count as bigint) as contact_count,
        cast(max_contact_count as bigint) as max_contact_count,
        cast(over_cap_count as bigint) as over_cap_count,
        cast(contact_count as double) / nullif(lead_week_count, 0) as contacts_per_lead_week,
        cast(over_cap_count as double) / nullif(lead_week_count, 0) as over_cap_rate,
        cast(mailed_lead_count as bigint) as mailed_lead_count,
        cast(unsubscribed_count as bigint) as unsubscribed_count,
        cast(unsubscribed_mailed_count as bigint) as unsubscribed_mailed_count,
        cast(unsubscribed_mailed_count as double) / nullif(mailed_lead_count, 0)
            as unsubscribe_rate,
        pressure_month < {{ month_of('refresh_context.as_of', 'reporting.time_zone') }}
            as is_mature
    from counted
    cross join reporting
    cross join refresh_context

)

select * from final
