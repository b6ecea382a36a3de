with deals as (

    select * from {{ ref('fct_opportunities') }}
    where status <> 'open'

),

deals_segmented as (

    select * from {{ ref('int_opportunities_segmented') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- A deal closed before it was opened is a defect: it is counted and in no duration.
segmented as (

    select
        {{ month_of('deals.closed_at', 'reporting.time_zone') }} as closed_month,
        {{ month_of('refresh_context.as_of', 'reporting.time_zone') }} as as_of_month,
        deals.opportunity_type,
        deals.status as outcome,
        deals_segmented.dimension,
        deals_segmented.segment,
        deals.cycle_days,
        case when deals.cycle_days >= 0 then deals.cycle_days end as measured_days
    from deals
    inner join deals_segmented
        on deals.opportunity_id = deals_segmented.opportunity_id
    cross join reporting
    cross join refresh_context

),

counted as (

    select
        closed_month,
        as_of_month,
        opportunity_type,
        outcome,
        dimension,
        segment,
        count(*) as deal_count,
        count(measured_days) as measured_count,
        count(case when cycle_days < 0 then 1 end) as negative_count,
        sum(measured_days) as summed_days,
        {{ median('measured_days') }} as median_cycle_days,
        {{ quantile_reached('measured_days', 0.9, 'measured_days is not null') }}
            as p90_cycle_days
    from segmented
    group by closed_month, as_of_month, opportunity_type, outcome, dimension, segment

),

final as (

    select
        {{ surrogate_key([
            'closed_month', 'opportunity_type', 'outcome', 'dimension', 'segment',
        ]) }} as sales_cycle_id,
        closed_month,
        opportunity_type,
        outcome,
        dimension,
        segment,
        cast(deal_count as bigint) as deal_count,
        cast(measured_count as bigint) as measured_count,
        cast(negative_count as bigint) as negative_count,
        cast(deal_count - measured_count - negative_count as bigint) as unmeasured_count,
        cast(median_cycle_days as double) as median_cycle_days,
        cast(p90_cycle_days as double) as p90_cycle_days,
        -- Rounded, since the last bits of a sum of doubles change with the number of threads.
        round(cast(summed_days as double) / nullif(measured_count, 0), 9) as mean_cycle_days,
        coalesce(closed_month < as_of_month, false) as is_mature
    from counted

)

select * from final
