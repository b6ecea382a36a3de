with users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

absences as (

    select * from {{ ref('int_sales_absences_resolved') }}

),

stretches as (

    select * from {{ ref('int_working_stretches_summed') }}

),

first_events as (

    select min(valid_from) as first_at
    from {{ ref('int_lead_owners_historized') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- From the first owner known to the week of the as-of instant.
work_days as (

    select distinct
        stretches.calendar,
        stretches.work_date,
        cast({{ dbt.date_trunc('week', 'stretches.work_date') }} as date) as week_start_date
    from stretches
    cross join first_events
    cross join refresh_context
    where
        stretches.work_date
        >= cast({{ dbt.date_trunc('week', 'coalesce(first_at, as_of)') }} as date)
        and stretches.work_date
        < cast({{ dbt.dateadd('day', 7, dbt.date_trunc('week', 'as_of')) }} as date)

),

days_of_users as (

    select
        users.sales_user_id,
        users.weekly_capacity,
        work_days.week_start_date,
        work_days.work_date,
        max(
            case
                when absences.sales_user_id is not null then 0
                when users.active_from > work_days.work_date then 0
                when users.active_until < work_days.work_date then 0
                else 1
            end
        ) as was_there,
        max(case when absences.sales_user_id is not null then 1 else 0 end) as was_absent
    from users
    inner join work_days
        on users.calendar = work_days.calendar
    left join absences
        on
            users.sales_user_id = absences.sales_user_id
            and work_days.work_date between absences.starts_on and absences.ends_on
    group by
        users.sales_user_id,
        users.weekly_capacity,
        work_days.week_start_date,
        work_days.work_date

),

counted as (

    select
        sales_user_id,
        week_start_date,
        weekly_capacity,
        count(*) as working_day_count,
        sum(was_there) as present_day_count,
        sum(was_absent) as absent_day_count
    from days_of_users
    group by sales_user_id, week_start_date, weekly_capacity

),

-- Who is there for half of the week takes half of the leads, and no part of one more.
final as (

    select
        sales_user_id,
        week_start_date,
        weekly_capacity,
        cast(working_day_count as bigint) as working_day_count,
        cast(present_day_count as bigint) as present_day_count,
        cast(absent_day_count as bigint) as absent_day_count,
        cast(
            floor(cast(weekly_capacity * present_day_count as double) / working_day_count)
            as bigint
        ) as available_capacity
    from counted

)

select * from final
