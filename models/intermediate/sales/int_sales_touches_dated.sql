with activities as (

    select * from {{ ref('int_sales_activities_resolved') }}
    where lead_id is not null

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- Booking a meeting is the touch, whether or not it is held; other activities count from when they
-- took place. What a machine sent or the person began is none.
touches as (

    select
        lead_id,
        sales_activity_id,
        sales_user_id,
        activity_type,
        outcome,
        case
            when lower(trim(activity_type)) = 'meeting' then coalesce(created_at, occurred_at)
            else coalesce(occurred_at, created_at)
        end as touched_at
    from activities
    where
        not coalesce(is_automatic, false)
        and coalesce(direction, 'outbound') <> 'inbound'

),

final as (

    select
        touches.sales_activity_id,
        touches.lead_id,
        touches.touched_at,
        touches.sales_user_id,
        touches.activity_type,
        touches.outcome
    from touches
    cross join refresh_context
    where touches.touched_at <= refresh_context.as_of

)

select * from final
