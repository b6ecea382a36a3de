with records as (

    select * from {{ ref('stg_files__sales_users') }}

),

absences as (

    select * from {{ ref('int_sales_absences_resolved') }}

),

calendars as (

    select * from {{ ref('working_calendars') }}

),

roles as (

    select * from {{ ref('sales_roles') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select records.*
    from records
    cross join refresh_context
    where records.known_at <= refresh_context.known_by

),

carried_forward as (

    select
        sales_user_id,
        {{ latest_mapped('role', 'records_so_far') }} as role,
        {{ latest_mapped('team', 'records_so_far') }} as team,
        {{ latest_mapped('territory', 'records_so_far') }} as territory,
        {{ latest_mapped('calendar', 'records_so_far') }} as calendar,
        {{ latest_mapped('weekly_capacity', 'records_so_far') }} as weekly_capacity,
        {{ latest_mapped('active_from', 'records_so_far') }} as active_from,
        {{ latest_mapped('active_until', 'records_so_far') }} as active_until,
        row_number() over (
            partition by sales_user_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by sales_user_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

-- A calendar that no rule knows is the default one.
with_calendar as (

    select
        carried_forward.sales_user_id,
        carried_forward.role,
        carried_forward.team,
        carried_forward.territory,
        calendars.calendar,
        calendars.time_zone,
        calendars.calendar = {{ normalized_text('carried_forward.calendar') }}
            as is_calendar_known,
        coalesce(carried_forward.weekly_capacity, roles.weekly_capacity) as weekly_capacity,
        carried_forward.active_from,
        carried_forward.active_until,
        cast({{ in_time_zone('refresh_context.as_of', 'calendars.time_zone') }} as date)
            as local_date,
        row_number() over (
            partition by carried_forward.sales_user_id
            order by calendars.is_default asc, calendars.calendar asc
        ) as place
    from carried_forward
    cross join refresh_context
    inner join calendars
        on
            calendars.is_default
            or calendars.calendar = {{ normalized_text('carried_forward.calendar') }}
    left join roles
        on carried_forward.role = roles.role
    where carried_forward.place_from_last = 1

),

absent_now as (

    select distinct with_calendar.sales_user_id
    from with_calendar
    inner join absences
        on
            with_calendar.sales_user_id = absences.sales_user_id
            and with_calendar.local_date between absences.starts_on and absences.ends_on
    where with_calendar.place = 1

),

final as (

    select
        with_calendar.sales_user_id,
        with_calendar.role,
        with_calendar.team,
        with_calendar.territory,
        with_calendar.calendar,
        with_calendar.time_zone,
        coalesce(with_calendar.is_calendar_known, false) as is_calendar_known,
        coalesce(with_calendar.weekly_capacity, 0) as weekly_capacity,
        with_calendar.active_from,
        with_calendar.active_until,
        with_calendar.local_date,
        coalesce(with_calendar.active_from <= with_calendar.local_date, true)
        and coalesce(with_calendar.active_until >= with_calendar.local_date, true) as is_active,
        absent_now.sales_user_id is not null as is_absent
    from with_calendar
    left join absent_now
        on with_calendar.sales_user_id = absent_now.sales_user_id
    where with_calendar.place = 1

)

select * from final
