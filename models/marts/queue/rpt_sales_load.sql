with weeks as (

    select * from {{ ref('int_sales_weeks_staffed') }}

),

users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

owners as (

    select * from {{ ref('int_lead_owners_historized') }}
    where owner_id is not null

),

queue as (

    select * from {{ ref('fct_work_queue') }}
    where is_by_sales

),

last_week as (

    select max(week_start_date) as week_start_date
    from weeks

),

taken as (

    select
        owner_id,
        cast({{ dbt.date_trunc('week', 'valid_from') }} as date) as week_start_date,
        count(distinct lead_id) as taken_count
    from owners
    group by owner_id, cast({{ dbt.date_trunc('week', 'valid_from') }} as date)

),

queued as (

    select
        owner_id,
        count(*) as queue_count,
        count(case when is_due then 1 end) as due_count,
        count(case when is_sla_breached then 1 end) as breached_count,
        count(case when is_overflow then 1 end) as overflow_count,
        count(case when proposed_owner_id is not null then 1 end) as given_away_count
    from queue
    group by owner_id

),

proposed as (

    select
        proposed_owner_id,
        count(*) as proposed_count
    from queue
    where proposed_owner_id is not null
    group by proposed_owner_id

),

final as (

    select
        {{ surrogate_key(['weeks.sales_user_id', 'weeks.week_start_date']) }} as sales_load_id,
        weeks.sales_user_id,
        weeks.week_start_date,
        users.role,
        users.team,
        users.territory,
        cast(weeks.weekly_capacity as bigint) as weekly_capacity,
        weeks.working_day_count,
        weeks.absent_day_count,
        weeks.available_capacity,
        cast(coalesce(taken.taken_count, 0) as bigint) as taken_count,
        coalesce(taken.taken_count, 0) > weeks.available_capacity as is_over_capacity,
        cast(coalesce(taken.taken_count, 0) as double) / nullif(weeks.available_capacity, 0)
            as utilization_rate,
        last_week.week_start_date is not null as is_week_of_as_of,
        cast(
            case when last_week.week_start_date is not null then coalesce(queued.queue_count, 0) end
            as bigint
        ) as queue_count,
        cast(
            case when last_week.week_start_date is not null then coalesce(queued.due_count, 0) end
            as bigint
        ) as due_count,
        cast(
            case
                when last_week.week_start_date is not null
                    then coalesce(queued.breached_count, 0)
            end as bigint
        ) as breached_count,
        cast(
            case
                when last_week.week_start_date is not null
                    then coalesce(queued.overflow_count, 0)
            end as bigint
        ) as overflow_count,
        cast(
            case
                when last_week.week_start_date is not null
                    then coalesce(queued.given_away_count, 0)
            end as bigint
        ) as given_away_count,
        cast(
            case
                when last_week.week_start_date is not null
                    then coalesce(proposed.proposed_count, 0)
            end as bigint
        ) as proposed_count
    from weeks
    inner join users
        on weeks.sales_user_id = users.sales_user_id
    left join last_week
        on weeks.week_start_date = last_week.week_start_date
    left join taken
        on
            weeks.sales_user_id = taken.owner_id
            and weeks.week_start_date = taken.week_start_date
    left join queued
        on weeks.sales_user_id = queued.owner_id
    left join proposed
        on weeks.sales_user_id = proposed.proposed_owner_id

)

select * from final
