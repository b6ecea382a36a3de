with source as (

    select * from {{ source('files', 'refresh_context') }}

),

final as (

    select
        cast(as_of as timestamp) as as_of,
        cast(known_by as timestamp) as known_by,
        cast(is_as_of_given as boolean) as is_as_of_given,
        cast(is_full_build as boolean) as is_full_build,
        cast(is_carried_on as boolean) as is_carried_on,
        rules_digest
    from source

)

select * from final
