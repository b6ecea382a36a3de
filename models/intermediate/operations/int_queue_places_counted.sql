with owned as (

    select * from {{ ref('int_queue_leads_owned') }}
    where is_by_sales

),

owners as (

    select * from {{ ref('int_lead_owners_historized') }}
    where valid_to is null and owner_id is not null

),

users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

weeks as (

    select * from {{ ref('int_sales_weeks_staffed') }}

),

this_week as (

    select max(week_start_date) as week_start_date
    from weeks

),

staffed as (

    select
        users.sales_user_id,
        users.role,
        users.team,
        users.territory,
        users.is_active and not users.is_absent as is_available,
        coalesce(weeks.available_capacity, 0) as available_capacity
    from users
    cross join this_week
    left join weeks
        on
            users.sales_user_id = weeks.sales_user_id
            and this_week.week_start_date = weeks.week_start_date

),

-- What waits for its first contact takes a place, however long it has waited; so does what was
-- given this week and has been worked on since.
waiting as (

    select
        owner_id,
        count(*) as waiting_count
    from owned
    where action = 'call' and touch_count = 0 and owner_problem is null
    group by owner_id

),

taken as (

    select
        owners.owner_id,
        count(*) as taken_count
    from owners
    cross join this_week
    left join owned
        on
            owners.lead_id = owned.lead_id
            and owned.action = 'call'
            and owned.touch_count = 0
    where
        owned.lead_id is null
        and owners.valid_from >= cast(this_week.week_start_date as timestamp)
    group by owners.owner_id

),

counted as (

    select
        staffed.*,
        coalesce(taken.taken_count, 0) as taken_count,
        coalesce(waiting.waiting_count, 0) as waiting_count,
        greatest(staffed.available_capacity - coalesce(taken.taken_count, 0), 0)
            as places_for_waiting
    from staffed
    left join taken
        on staffed.sales_user_id = taken.owner_id
    left join waiting
        on staffed.sales_user_id = waiting.owner_id

),

final as (

    select
        sales_user_id,
        role,
        team,
        territory,
        is_available,
        available_capacity,
        cast(taken_count as bigint) as taken_count,
        cast(waiting_count as bigint) as waiting_count,
        cast(places_for_waiting as bigint) as places_for_waiting,
        cast(
            case
                when is_available then greatest(places_for_waiting - waiting_count, 0)
                else 0
            end as bigint
        ) as free_places
    from counted

)

select * from final
