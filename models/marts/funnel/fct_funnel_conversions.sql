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

erased as (

    select * from {{ ref('stg_files__erased_conversions') }}

),

steps as (

    select * from {{ ref('funnel_steps') }}

),

months as (

    select
        steps_timed.*,
        {{ in_time_zone('steps_timed.entered_at', 'reporting.time_zone') }} as entered_at_local,
        {{ in_time_zone('steps_timed.converted_at', 'reporting.time_zone') }}
            as converted_at_local
    from steps_timed
    cross join reporting

),

of_leads as (

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
            as is_fully_observed,
        cast(null as varchar) as erased_key,
        cast({{ dbt.date_trunc('month', 'months.converted_at_local') }} as date)
            as converted_month,
        months.is_stepwise,
        months.is_via_mql
    from months
    inner join leads
        on months.lead_id = leads.lead_id
    left join observations
        on
            months.basis = observations.basis
            and months.to_stage = observations.stage
    cross join refresh_context

),

-- Who was erased by law is still counted: of them there is the month, the source and the stages.
of_erased as (

    select
        {{ surrogate_key([
            'erased.erased_key', 'erased.basis', 'erased.from_stage', 'erased.to_stage',
        ]) }} as funnel_conversion_id,
        erased.basis,
        cast(null as varchar) as lead_id,
        erased.from_stage,
        erased.to_stage,
        cast(steps.window_days as bigint) as window_days,
        erased.cohort_month,
        erased.source,
        cast(null as timestamp) as entered_at,
        cast(null as timestamp) as converted_at,
        erased.days_to_convert,
        coalesce(erased.days_to_convert <= steps.window_days, false) as is_converted_in_window,
        erased.is_converted,
        erased.is_reached_before_entry,
        -- Of the instant only the month is kept, and the lead may have entered at its very end.
        refresh_context.as_of
        >= {{ dbt.dateadd(
            'day', 'steps.window_days', dbt.dateadd('month', 1, 'erased.cohort_month')
        ) }} as is_window_over,
        erased.is_fully_observed,
        erased.erased_key,
        erased.converted_month,
        coalesce(erased.is_stepwise, false) as is_stepwise,
        coalesce(erased.is_via_mql, false) as is_via_mql
    from erased
    inner join steps
        on
            erased.from_stage = steps.from_stage
            and erased.to_stage = steps.to_stage
    inner join refresh_context
        on erased.cohort_month <= refresh_context.as_of

),

final as (

    select * from of_leads
    union all
    select * from of_erased

)

select * from final
