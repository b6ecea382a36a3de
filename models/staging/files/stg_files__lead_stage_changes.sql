with source as (

    select * from {{ source('files', 'lead_stage_changes') }}

),

final as (

    select
        cast(lead_id as varchar) as lead_id,
        cast(stage as varchar) as stage,
        cast(changed_at as timestamp) as changed_at,
        cast(changed_by as varchar) as changed_by,
        cast(reason as varchar) as reason,
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
