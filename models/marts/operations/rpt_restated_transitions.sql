with published as (

    select * from {{ ref('int_transitions_published') }}

),

transitions as (

    select * from {{ ref('fct_lifecycle_transitions') }}

),

final as (

    select
        {{ surrogate_key([
            'published.basis', 'published.lead_id', 'published.to_stage',
            'published.passage_number',
        ]) }} as restated_transition_id,
        published.basis,
        published.lead_id,
        published.to_stage,
        published.passage_number,
        published.first_published_at,
        published.transitioned_at as first_published_transitioned_at,
        transitions.transitioned_at,
        transitions.lead_id is null as is_withdrawn
    from published
    left join transitions
        on
            published.basis = transitions.basis
            and published.lead_id = transitions.lead_id
            and published.to_stage = transitions.to_stage
            and published.passage_number = transitions.passage_number
    where
        transitions.lead_id is null
        or transitions.transitioned_at <> published.transitioned_at

)

select * from final
