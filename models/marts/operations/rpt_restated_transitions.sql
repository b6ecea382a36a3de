with published as (

    select * from {{ ref('int_transitions_published') }}

),

final as (

    select
        {{ surrogate_key([
            'basis', 'lead_id', 'to_stage', 'first_published_transitioned_at',
        ]) }} as restated_transition_id,
        basis,
        lead_id,
        to_stage,
        first_published_at,
        first_published_transitioned_at,
        transitioned_at,
        transitioned_at is null as is_withdrawn
    from published
    where
        not is_of_other_record
        and (
            transitioned_at is null
            or transitioned_at <> first_published_transitioned_at
        )

)

select * from final
