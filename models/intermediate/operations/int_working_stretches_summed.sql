with calendars as (

    select * from {{ ref('working_calendars') }}

),

opening_hours as (

    select
        calendar,
        weekday,
        {{ minutes_of_clock('opens_at') }} as opens_minute,
        {{ minutes_of_clock('closes_at') }} as closes_minute
    from {{ ref('working_hours') }}

),

public_holidays as (

    select * from {{ ref('public_holidays') }}

),

days_off as (

    select * from {{ ref('working_days_off') }}

),

years_covered as (

    select
        cast({{ dbt.date_trunc('year', 'min(holiday_date)') }} as timestamp) as first_day_at,
        extract(year from max(holiday_date)) as last_year,
        extract(year from max(holiday_date)) - extract(year from min(holiday_date)) + 1
            as year_count
    from public_holidays

),

day_numbers as (

    select
        first_day_at,
        last_year,
        {{ numbers_up_to('year_count * 366') }} as day_number
    from years_covered

),

days as (

    select
        {{ dbt.dateadd('day', 'day_number - 1', 'first_day_at') }} as day_at,
        {{ epoch_microseconds('first_day_at') }} as first_day,
        day_number,
        last_year
    from day_numbers

),

days_dated as (

    select
        day_at,
        cast(day_at as date) as work_date,
        -- 1 January 1970 was a Thursday.
        cast(first_day / 86400000000.0 + day_number + 2 as bigint) % 7 + 1 as weekday
    from days
    where extract(year from day_at) <= last_year

),

holidays_of_calendars as (

    select
        calendars.calendar,
        public_holidays.holiday_date as day_off
    from calendars
    inner join public_holidays
        on
            calendars.country_code = public_holidays.country_code
            and (
                public_holidays.region_code is null
                or calendars.region_code = public_holidays.region_code
            )
    union
    select
        calendar,
        day_off
    from days_off

),

-- Opening hours are local: on the days when clocks change, the same hours are other instants.
opened as (

    select
        calendars.calendar,
        days_dated.work_date,
        {{ from_time_zone(
            dbt.dateadd('minute', 'opening_hours.opens_minute', 'days_dated.day_at'),
            'calendars.time_zone'
        ) }} as opens_at,
        {{ from_time_zone(
            dbt.dateadd('minute', 'opening_hours.closes_minute', 'days_dated.day_at'),
            'calendars.time_zone'
        ) }} as closes_at
    from days_dated
    inner join opening_hours
        on days_dated.weekday = opening_hours.weekday
    inner join calendars
        on opening_hours.calendar = calendars.calendar
    left join holidays_of_calendars
        on
            calendars.calendar = holidays_of_calendars.calendar
            and days_dated.work_date = holidays_of_calendars.day_off
    where holidays_of_calendars.calendar is null

),

measured as (

    select
        *,
        {{ epoch_microseconds('closes_at') }} - {{ epoch_microseconds('opens_at') }}
            as stretch_microseconds
    from opened
    where opens_at < closes_at

),

final as (

    select
        calendar,
        work_date,
        dense_rank() over (partition by calendar order by work_date) as work_day_number,
        opens_at,
        closes_at,
        lead(opens_at) over (partition by calendar order by opens_at) as next_opens_at,
        cast(
            sum(stretch_microseconds) over (
                partition by calendar
                order by opens_at
                rows between unbounded preceding and current row
            ) - stretch_microseconds as bigint
        ) as worked_before,
        stretch_microseconds
    from measured

)

select * from final
