with source as (

    select * from {{ source('files', 'lead_assignments') }}

),

final as (

    select
        cast(lead_id as varchar) as lead_id,
        cast(assigned_at as timestamp) as assigned_at,
        cast(owner_id as varchar) as owner_id,
        cast(assigned_by as varchar) as assigned_by,
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
