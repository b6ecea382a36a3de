with cohorts as (

    select * from {{ ref('rpt_funnel_cohorts') }}
    where dimension = 'all'

),

conversions as (

    select * from {{ ref('fct_funnel_conversions') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

-- Months whose window is not over, or whose conversions were not all recorded, would understate
-- the rate: they are counted, but the rate is that of complete months.
totals as (

    select
        basis,
        from_stage,
        to_stage,
        window_days,
        sum(entered_count) as entered_count,
        sum(converted_to_date_count) as converted_to_date_count,
        sum(case when is_mature and is_fully_observed then entered_count end)
            as complete_entered_count,
        sum(case when is_mature and is_fully_observed then converted_count end)
            as complete_converted_count
    from cohorts
    group by basis, from_stage, to_stage, window_days

),

delays as (

    select
        basis,
        from_stage,
        to_stage,
        {{ median('days_to_convert') }} as median_days_to_convert
    from conversions
    group by basis, from_stage, to_stage

),

final as (

    select
        totals.basis,
        totals.from_stage,
        totals.to_stage,
        cast(
            row_number() over (
                partition by totals.basis
                order by from_stages.sort_order, to_stages.sort_order
            ) as bigint
        ) as step_number,
        totals.window_days,
        cast(totals.entered_count as bigint) as entered_count,
        cast(totals.converted_to_date_count as bigint) as converted_to_date_count,
        cast(delays.median_days_to_convert as double) as median_days_to_convert,
        cast(totals.complete_entered_count as bigint) as complete_entered_count,
        cast(totals.complete_converted_count as bigint) as complete_converted_count,
        cast(totals.complete_converted_count as double)
        / nullif(totals.complete_entered_count, 0) as conversion_rate
    from totals
    inner join delays
        on
            totals.basis = delays.basis
            and totals.from_stage = delays.from_stage
            and totals.to_stage = delays.to_stage
    inner join stages as from_stages
        on totals.from_stage = from_stages.stage
    inner join stages as to_stages
        on totals.to_stage = to_stages.stage

)

select * from final
