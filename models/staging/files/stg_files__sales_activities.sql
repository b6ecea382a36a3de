with source as (

    select * from {{ source('files', 'sales_activities') }}

),

final as (

    select
        cast(sales_activity_id as varchar) as sales_activity_id,
        cast(lead_id as varchar) as lead_id,
        cast(account_id as varchar) as account_id,
        cast(opportunity_id as varchar) as opportunity_id,
        cast(sales_user_id as varchar) as sales_user_id,
        cast(activity_type as varchar) as activity_type,
        cast(direction as varchar) as direction,
        cast(is_automatic as boolean) as is_automatic,
        cast(created_at as timestamp) as created_at,
        cast(occurred_at as timestamp) as occurred_at,
        cast(scheduled_for as timestamp) as scheduled_for,
        cast(meeting_status as varchar) as meeting_status,
        cast(duration_minutes as double) as duration_minutes,
        cast(outcome as varchar) as outcome,
        known_at,
        is_known_at_assumed,
        mapped_columns,
        input_name,
        file_name,
        file_digest,
        file_line
    from source

)

select * from final
