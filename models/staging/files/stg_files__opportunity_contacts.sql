with source as (

    select * from {{ source('files', 'opportunity_contacts') }}

),

final as (

    select
        cast(opportunity_id as varchar) as opportunity_id,
        cast(lead_id as varchar) as lead_id,
        cast(buying_role as varchar) as buying_role,
        cast(is_primary as boolean) as is_primary,
        cast(added_at as timestamp) as added_at,
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
