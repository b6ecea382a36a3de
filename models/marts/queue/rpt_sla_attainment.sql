with clocks as (

    select * from {{ ref('fct_sla_clocks') }}

),

leads_segmented as (

    select * from {{ ref('int_leads_segmented') }}

),

dimensions as (

    select * from {{ ref('report_dimensions') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

segmented as (

    select
        clocks.*,
        {{ month_of('clocks.started_at', 'reporting.time_zone') }} as started_month,
        dimensions.dimension,
        {{ segment_of_record('clocks', 'dimensions', 'leads_segmented') }} as segment
    from clocks
    cross join reporting
    cross join dimensions
    left join leads_segmented
        on
            clocks.lead_id = leads_segmented.lead_id
            and dimensions.dimension = leads_segmented.dimension

),

counted as (

    select
        started_month,
        clock,
        urgency,
        dimension,
        segment,
        count(*) as clock_count,
        count(case when has_deadline_passed then 1 end) as due_count,
        count(case when has_deadline_passed and status = 'met' then 1 end) as met_count,
        count(case when status = 'overdue' then 1 end) as open_breach_count,
        count(case when status = 'dropped' then 1 end) as dropped_count,
        count(case when status = 'running' then 1 end) as running_count,
        {{ quantile_reached(
            'case when done_at is not null then business_minutes end',
            0.5,
            "status not in ('dropped', 'unknown')"
        ) }} as median_business_minutes
    from segmented
    group by started_month, clock, urgency, dimension, segment

),

final as (

    select
        {{ surrogate_key(['started_month', 'clock', 'urgency', 'dimension', 'segment']) }}
            as sla_attainment_id,
        started_month,
        clock,
        urgency,
        dimension,
        segment,
        cast(clock_count as bigint) as clock_count,
        cast(due_count as bigint) as due_count,
        cast(met_count as bigint) as met_count,
        cast(open_breach_count as bigint) as open_breach_count,
        cast(dropped_count as bigint) as dropped_count,
        cast(running_count as bigint) as running_count,
        cast(met_count as double) / nullif(due_count, 0) as attainment_rate,
        cast(median_business_minutes as double) as median_business_minutes,
        running_count = 0 as is_mature
    from counted

)

select * from final
