with sales_activity_records as (

    select * from {{ ref('stg_files__sales_activities') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select
        sales_activity_records.*,
        refresh_context.as_of
    from sales_activity_records
    cross join refresh_context
    where sales_activity_records.known_at <= refresh_context.known_by

),

-- The same sales activity delivered twice is one; what a later record names replaces the earlier.
carried_forward as (

    select
        sales_activity_id,
        as_of,
        known_at,
        {{ latest_mapped('lead_id', 'records_so_far') }} as lead_id,
        {{ latest_mapped('account_id', 'records_so_far') }} as account_id,
        {{ latest_mapped('opportunity_id', 'records_so_far') }} as opportunity_id,
        {{ latest_mapped('sales_user_id', 'records_so_far') }} as sales_user_id,
        {{ latest_mapped('activity_type', 'records_so_far') }} as activity_type,
        {{ latest_mapped('direction', 'records_so_far') }} as direction,
        {{ latest_mapped('is_automatic', 'records_so_far') }} as is_automatic,
        {{ latest_mapped('created_at', 'records_so_far') }} as created_at,
        {{ latest_mapped('occurred_at', 'records_so_far') }} as occurred_at,
        {{ latest_mapped('scheduled_for', 'records_so_far') }} as scheduled_for,
        {{ latest_mapped('meeting_status', 'records_so_far') }} as meeting_status,
        {{ latest_mapped('duration_minutes', 'records_so_far') }} as duration_minutes,
        {{ latest_mapped('outcome', 'records_so_far') }} as outcome,
        row_number() over (
            partition by sales_activity_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by sales_activity_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        sales_activity_id,
        lead_id,
        account_id,
        opportunity_id,
        sales_user_id,
        activity_type,
        direction,
        is_automatic,
        created_at,
        occurred_at,
        scheduled_for,
        meeting_status,
        duration_minutes,
        outcome,
        known_at
    from carried_forward
    where
        place_from_last = 1
        and coalesce(created_at, occurred_at) <= as_of

)

select * from final
