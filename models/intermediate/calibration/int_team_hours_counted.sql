-- What the people who work now can take in a week, in places and in hours.
with users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

handling as (

    select * from {{ ref('handling_minutes') }}

),

final as (

    select
        handling.role,
        handling.task,
        handling.minutes,
        count(users.sales_user_id) as user_count,
        -- Of a role that nobody has, nothing is known: null, not a team without time.
        cast(sum(users.weekly_capacity) as double) as weekly_places,
        cast(sum(users.weekly_capacity) as double) * handling.minutes / 60 as weekly_hours
    from handling
    left join users
        on handling.role = users.role and users.is_active
    group by handling.role, handling.task, handling.minutes

)

select * from final
