-- Looked up by day, an instant meets two or three stretches, whatever the years that are covered.
with stretches as (

    select * from {{ ref('int_working_stretches_summed') }}

),

days_covered as (

    select
        *,
        {{ numbers_up_to(
            dbt.datediff('opens_at', 'coalesce(next_opens_at, closes_at)', 'day') ~ ' + 1'
        ) }} as place
    from stretches

),

final as (

    select
        calendar,
        cast({{ dbt.dateadd('day', 'place - 1', 'opens_at') }} as date) as utc_date,
        opens_at,
        closes_at,
        coalesce(next_opens_at, closes_at) as covers_until,
        worked_before,
        -- After hours, work goes on with the next day.
        work_day_number,
        work_date
    from days_covered

)

select * from final
