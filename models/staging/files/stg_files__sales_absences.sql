with source as (

    select * from {{ source('files', 'sales_absences') }}

),

final as (

    select
        cast(sales_user_id as varchar) as sales_user_id,
        cast(starts_on as date) as starts_on,
        cast(ends_on as date) as ends_on,
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
