with source as (

    select * from {{ source('files', 'landed_files') }}

),

final as (

    select
        input_name,
        file_digest,
        file_name,
        cast(received_at as timestamp) as received_at,
        status
    from source

)

select * from final
