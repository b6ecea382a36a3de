with source as (

    select * from {{ source('files', 'opportunity_stage_changes') }}

),

final as (

    select
        cast(opportunity_id as varchar) as opportunity_id,
        cast(stage as varchar) as stage,
        cast(changed_at as timestamp) as changed_at,
        cast(amount as decimal(18, 4)) as amount,
        cast(expected_close_date as date) as expected_close_date,
        cast(win_probability as double) as win_probability,
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
