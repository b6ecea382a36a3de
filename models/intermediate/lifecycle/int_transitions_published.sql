with published as (

    select * from {{ ref('stg_files__published_transitions') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- A rebuild of the past knows what readers had been shown by then.
final as (

    select
        published.basis,
        published.lead_id,
        published.to_stage,
        published.passage_number,
        published.transitioned_at,
        published.first_published_at
    from published
    cross join refresh_context
    where
        not refresh_context.is_as_of_given
        or published.first_published_at <= refresh_context.known_by

)

select * from final
