with source as (

    select * from {{ source('files', 'landed_tables') }}

),

final as (

    select
        table_name,
        cast(input_count as bigint) as input_count,
        cast(row_count as bigint) as row_count
    from source

)

select * from final
