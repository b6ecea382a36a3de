with steps_timed as (

    select * from {{ ref('int_funnel_steps_timed') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

observations as (

    select * from {{ ref('funnel_observations') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

months as (

    select
        steps_timed.*,
        {{ in_time_zone('steps_timed.entered_at', 'reporting.time_zone') }} as entered_at_local
    from steps_timed
    cross join reporting

),

final as (

    select
        {{ surrogate_key([
            'months.basis', 'months.lead_id',
            'months.from_stage', 'months.to_stage',
        ]) }} as funnel_conversion_id,
        months.basis,
        months.lead_id,
        months.from_stage,
        months.to_stage,
        cast(months.window_days as bigint) as window_days,
        cast({{ dbt.date_trunc('month', 'months.entered_at_local') }} as date) as cohort_month,
        leads.source,
        months.entered_at,
        months.converted_at,
        cast(months.days_to_convert as double) as days_to_convert,
        months.is_converted_in_window,
        months.is_converted,
        months.is_reached_before_entry,
        refresh_context.as_of
        >= {{ dbt.dateadd('day', 'months.window_days', 'months.entered_at') }}
            as is_window_over,
        coalesce(months.entered_at >= observations.observed_from, true)
            as is_fully_observed
    from months
    inner join leads
        on months.lead_id = leads.lead_id
    left join observations
        on
            months.basis = observations.basis
            and months.to_stage = observations.stage
    cross join refresh_context

)

select * from final
