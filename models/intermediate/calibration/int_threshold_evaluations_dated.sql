{{ config(materialized='view') }}

-- The instants for which thresholds are judged: now, and the start of each of the last months with
-- nothing but what was known by then.
with settings as (

    select * from {{ ref('calibration') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

first_lead as (

    select min(created_at) as created_at
    from lead_versions

),

months as (

    select
        refresh_context.as_of,
        settings.months_back,
        {{ numbers_up_to('settings.stability_months') }} as months_ago
    from settings
    cross join refresh_context

),

instants as (

    select
        refresh_context.as_of as evaluated_at,
        true as is_current,
        settings.months_back,
        refresh_context.as_of
    from refresh_context
    cross join settings
    union all
    select
        {{ dbt.dateadd('month', '1 - months_ago', dbt.date_trunc('month', 'as_of')) }}
            as evaluated_at,
        false as is_current,
        months_back,
        as_of
    from months

),

final as (

    select
        instants.evaluated_at,
        instants.is_current,
        cast({{ dbt.date_trunc('month', 'instants.evaluated_at') }} as date)
            as evaluated_month,
        {{ days_between(
            'greatest(first_lead.created_at, '
            ~ dbt.dateadd('month', '-instants.months_back', 'instants.as_of') ~ ')',
            'instants.evaluated_at'
        ) }} / 7 as week_count
    from instants
    cross join first_lead

)

select * from final
where week_count > 0
