with transitions as (

    select * from {{ ref('int_lifecycle_transitions_unioned') }}

),

final as (

    select
        {{ surrogate_key(['basis', 'lead_id', 'transition_number']) }} as transition_id,
        basis,
        lead_id,
        cast(transition_number as bigint) as transition_number,
        from_stage,
        to_stage,
        transitioned_at,
        cast(passage_number as bigint) as passage_number,
        reason,
        evidence,
        skipped_stages,
        is_skipping,
        is_backward,
        is_reopened,
        is_orphan,
        is_before_lead_created,
        is_effective
    from transitions

)

select * from final
