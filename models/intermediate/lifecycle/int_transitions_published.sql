with published_ever as (

    select * from {{ ref('stg_files__published_transitions') }}

),

transitions as (

    select * from {{ ref('int_stages_sequenced') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- A rebuild of the past knows what readers had been shown by then.
published as (

    select published_ever.*
    from published_ever
    cross join refresh_context
    where
        not refresh_context.is_as_of_given
        or published_ever.first_published_at <= refresh_context.known_by

),

-- What was shown at its present instant is the same; what is left on both sides has moved.
paired as (

    select
        coalesce(transitions.basis, published.basis) as basis,
        coalesce(transitions.lead_id, published.lead_id) as lead_id,
        coalesce(transitions.to_stage, published.to_stage) as to_stage,
        transitions.transitioned_at,
        published.transitioned_at as shown_at,
        published.first_published_at
    from transitions
    full join published
        on
            transitions.basis = published.basis
            and transitions.lead_id = published.lead_id
            and transitions.to_stage = published.to_stage
            and transitions.transitioned_at = published.transitioned_at

),

told_anew as (

    select
        *,
        row_number() over (
            partition by basis, lead_id, to_stage
            order by transitioned_at
        ) as place
    from paired
    where shown_at is null

),

told_no_more as (

    select
        *,
        row_number() over (
            partition by basis, lead_id, to_stage
            order by shown_at
        ) as place
    from paired
    where transitioned_at is null

),

final as (

    select
        basis,
        lead_id,
        to_stage,
        transitioned_at,
        shown_at as first_published_transitioned_at,
        first_published_at
    from paired
    where shown_at is not null and transitioned_at is not null
    union all
    select
        told_no_more.basis,
        told_no_more.lead_id,
        told_no_more.to_stage,
        told_anew.transitioned_at,
        told_no_more.shown_at as first_published_transitioned_at,
        told_no_more.first_published_at
    from told_no_more
    left join told_anew
        on
            told_no_more.basis = told_anew.basis
            and told_no_more.lead_id = told_anew.lead_id
            and told_no_more.to_stage = told_anew.to_stage
            and told_no_more.place = told_anew.place

)

select * from final
