with meetings as (

    select * from {{ ref('fct_meetings') }}

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
        {{ month_of('meetings.booked_at', 'reporting.time_zone') }} as booked_month,
        dimensions.dimension,
        {{ segment_of_record('meetings', 'dimensions', 'leads_segmented') }} as segment,
        meetings.response_bucket,
        meetings.status,
        meetings.is_useful
    from meetings
    cross join reporting
    cross join dimensions
    left join leads_segmented
        on
            meetings.lead_id = leads_segmented.lead_id
            and dimensions.dimension = leads_segmented.dimension

),

counted as (

    select
        booked_month,
        dimension,
        segment,
        response_bucket,
        count(*) as booked_count,
        count(case when status = 'held' then 1 end) as held_count,
        count(case when status = 'no_show' then 1 end) as no_show_count,
        count(case when status = 'cancelled' then 1 end) as cancelled_count,
        count(case when status = 'upcoming' then 1 end) as upcoming_count,
        count(case when status = 'unrecorded' then 1 end) as unrecorded_count,
        count(case when is_useful then 1 end) as useful_count
    from segmented
    group by booked_month, dimension, segment, response_bucket

),

final as (

    select
        {{ surrogate_key(['booked_month', 'dimension', 'segment', 'response_bucket']) }}
            as meeting_report_id,
        booked_month,
        dimension,
        segment,
        response_bucket,
        cast(booked_count as bigint) as booked_count,
        cast(held_count as bigint) as held_count,
        cast(no_show_count as bigint) as no_show_count,
        cast(cancelled_count as bigint) as cancelled_count,
        cast(upcoming_count as bigint) as upcoming_count,
        cast(unrecorded_count as bigint) as unrecorded_count,
        cast(useful_count as bigint) as useful_count,
        cast(no_show_count as double) / nullif(held_count + no_show_count, 0) as no_show_rate,
        cast(useful_count as double) / nullif(held_count, 0) as useful_rate,
        upcoming_count = 0 as is_mature
    from counted

)

select * from final
