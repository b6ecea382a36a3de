with source as (

    select * from {{ source('files', 'lead_merges') }}

),

final as (

    select
        cast(merged_lead_id as varchar) as merged_lead_id,
        cast(surviving_lead_id as varchar) as surviving_lead_id,
        cast(merged_at as timestamp) as merged_at,
        cast(merged_by as varchar) as merged_by,
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
