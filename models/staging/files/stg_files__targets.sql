with source as (

    select * from {{ source('files', 'targets') }}

),

final as (

    select
        cast(target_month as date) as target_month,
        cast(team as varchar) as team,
        cast(metric as varchar) as metric,
        cast(target_value as double) as target_value,
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
