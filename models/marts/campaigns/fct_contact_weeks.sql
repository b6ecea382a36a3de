with contacts as (

    select * from {{ ref('int_contacts_dated') }}

),

contact_pressure as (

    select * from {{ ref('contact_pressure') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

in_weeks as (

    select
        contacts.*,
        cast(
            {{ dbt.date_trunc(
                'week', in_time_zone('contacts.contacted_at', 'reporting.time_zone')
            ) }} as date
        ) as week_start_date
    from contacts
    cross join reporting

),

counted as (

    select
        lead_id,
        week_start_date,
        count(*) as contact_count,
        count(case when is_automatic then 1 end) as automatic_count,
        count(case when contact_channel = 'email' then 1 end) as mail_count
    from in_weeks
    group by lead_id, week_start_date

),

final as (

    select
        {{ surrogate_key(['counted.lead_id', 'counted.week_start_date']) }} as contact_week_id,
        counted.lead_id,
        counted.week_start_date,
        cast(counted.contact_count as bigint) as contact_count,
        cast(counted.automatic_count as bigint) as automatic_count,
        cast(counted.mail_count as bigint) as mail_count,
        cast(contact_pressure.max_contacts_per_week as bigint) as max_contacts_per_week,
        counted.contact_count > contact_pressure.max_contacts_per_week as is_over_cap
    from counted
    cross join contact_pressure

)

select * from final
