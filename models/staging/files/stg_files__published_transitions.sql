with source as (

    select * from {{ source('files', 'published_transitions') }}

),

final as (

    select
        basis,
        lead_id,
        to_stage,
        cast(passage_number as bigint) as passage_number,
        transitioned_at,
        first_published_at,
        run_id
    from source

)

select * from final
