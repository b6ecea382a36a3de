with source as (

    select * from {{ source('files', 'campaign_members') }}

),

final as (

    select
        cast(campaign_id as varchar) as campaign_id,
        cast(lead_id as varchar) as lead_id,
        cast(member_status as varchar) as member_status,
        cast(joined_at as timestamp) as joined_at,
        cast(responded_at as timestamp) as responded_at,
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
