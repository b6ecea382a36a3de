with clocks as (

    select * from {{ ref('fct_sla_clocks') }}
    where clock = 'first_touch'

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

-- Quantiles do not add up: what requests and MQLs have in common is reckoned by itself.
starts as (

    select
        *,
        started_by as clock_start
    from clocks
    union all
    select
        *,
        'all' as clock_start
    from clocks

),

segmented as (

    select
        starts.clock_start,
        {{ month_of('starts.started_at', 'reporting.time_zone') }} as started_month,
        dimensions.dimension,
        {{ segment_of_record('starts', 'dimensions', 'leads_segmented') }} as segment,
        starts.status,
        starts.done_at is not null as is_answered,
        starts.left_at is not null as is_left,
        case when starts.done_at is not null then starts.elapsed_minutes end as minutes,
        case when starts.done_at is not null then starts.business_minutes end
            as business_minutes
    from starts
    cross join reporting
    cross join dimensions
    left join leads_segmented
        on
            starts.lead_id = leads_segmented.lead_id
            and dimensions.dimension = leads_segmented.dimension

),

-- Who was not answered has no minutes and counts as the slowest: a median over those who were
-- would look the better the more are left waiting.
counted as (

    select
        started_month,
        clock_start,
        dimension,
        segment,
        count(*) as clock_count,
        count(case when is_answered then 1 end) as answered_count,
        count(case when is_left then 1 end) as left_count,
        count(case when status = 'running' then 1 end) as running_count,
        count(case when status = 'unknown' then 1 end) as uncovered_count,
        {{ quantile_reached('minutes', 0.5) }} as p50_minutes,
        {{ quantile_reached('minutes', 0.9) }} as p90_minutes,
        {{ quantile_reached('business_minutes', 0.5, "status <> 'unknown'") }}
            as p50_business_minutes,
        {{ quantile_reached('business_minutes', 0.9, "status <> 'unknown'") }}
            as p90_business_minutes
    from segmented
    group by started_month, clock_start, dimension, segment

),

final as (

    select
        {{ surrogate_key(['started_month', 'clock_start', 'dimension', 'segment']) }}
            as response_time_id,
        started_month,
        clock_start as started_by,
        dimension,
        segment,
        cast(clock_count as bigint) as clock_count,
        cast(answered_count as bigint) as answered_count,
        cast(left_count as bigint) as left_count,
        cast(clock_count - answered_count - left_count as bigint) as open_count,
        cast(running_count as bigint) as running_count,
        cast(clock_count - answered_count - running_count as bigint) as never_answered_count,
        cast(clock_count - running_count as bigint) as settled_count,
        cast(clock_count - answered_count - running_count as double)
        / nullif(clock_count - running_count, 0) as never_answered_rate,
        cast(p50_minutes as double) as p50_minutes,
        cast(p90_minutes as double) as p90_minutes,
        cast(p50_business_minutes as double) as p50_business_minutes,
        cast(p90_business_minutes as double) as p90_business_minutes,
        cast(uncovered_count as bigint) as uncovered_count,
        running_count = 0 as is_mature
    from counted

)

select * from final
