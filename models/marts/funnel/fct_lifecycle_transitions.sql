with crm_stages as (

    select * from {{ ref('int_crm_stages_sequenced') }}

),

final as (

    select
        {{ surrogate_key(["'crm'", 'lead_id', 'transition_number']) }} as transition_id,
        'crm' as basis,
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
    from crm_stages

)

select * from final
