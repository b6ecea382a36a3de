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

final as (

    select
        {{ surrogate_key([
            'steps_timed.basis', 'steps_timed.lead_id',
            'steps_timed.from_stage', 'steps_timed.to_stage',
        ]) }} as funnel_conversion_id,
        steps_timed.basis,
        steps_timed.lead_id,
        steps_timed.from_stage,
        steps_timed.to_stage,
        cast(steps_timed.window_days as bigint) as window_days,
        cast({{ dbt.date_trunc('month', 'steps_timed.entered_at') }} as date) as cohort_month,
        leads.source,
        steps_timed.entered_at,
        steps_timed.converted_at,
        cast(steps_timed.days_to_convert as double) as days_to_convert,
        steps_timed.is_converted_in_window,
        steps_timed.is_converted,
        steps_timed.is_reached_before_entry,
        refresh_context.as_of
        >= {{ dbt.dateadd('day', 'steps_timed.window_days', 'steps_timed.entered_at') }}
            as is_window_over,
        coalesce(steps_timed.entered_at >= observations.observed_from, true)
            as is_fully_observed
    from steps_timed
    inner join leads
        on steps_timed.lead_id = leads.lead_id
    left join observations
        on
            steps_timed.basis = observations.basis
            and steps_timed.to_stage = observations.stage
    cross join refresh_context

)

select * from final
