with source as (

    select * from {{ source('files', 'sales_users') }}

),

final as (

    select
        cast(sales_user_id as varchar) as sales_user_id,
        cast(user_name as varchar) as user_name,
        cast(role as varchar) as role,
        cast(team as varchar) as team,
        cast(territory as varchar) as territory,
        cast(calendar as varchar) as calendar,
        cast(weekly_capacity as bigint) as weekly_capacity,
        cast(active_from as date) as active_from,
        cast(active_until as date) as active_until,
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
