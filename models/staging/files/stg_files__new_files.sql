with source as (

    select * from {{ source('files', 'new_files') }}

),

final as (

    select distinct
        input_name,
        file_digest
    from source

)

select * from final
