with handovers as (

    select * from {{ ref('int_handovers_timed') }}

),

reasons as (

    select * from {{ ref('rejection_reasons') }}

),

transitions as (

    select * from {{ ref('fct_lifecycle_transitions') }}

),

measured as (

    select * from {{ ref('int_handovers_measured') }}

),

final as (

    select
        transitions.transition_id as handover_id,
        handovers.basis,
        handovers.lead_id,
        transitions.passage_number,
        handovers.qualified_at,
        transitions.first_published_at,
        measured.started_at,
        handovers.profile,
        handovers.trigger,
        handovers.evidence,
        handovers.evidence_id,
        measured.owner_id,
        measured.team,
        handovers.first_touched_at,
        handovers.first_touched_by,
        handovers.first_touch_id,
        cast(handovers.touch_count as bigint) as touch_count,
        cast(measured.first_touch_minutes as double) as first_touch_minutes,
        cast(measured.first_touch_business_minutes as double) as first_touch_business_minutes,
        handovers.accepted_at,
        handovers.accepted_by,
        handovers.is_acceptance_implied,
        cast(measured.acceptance_minutes as double) as acceptance_minutes,
        cast(measured.acceptance_business_minutes as double) as acceptance_business_minutes,
        handovers.rejected_at,
        handovers.rejected_by,
        handovers.rejected_to,
        handovers.rejection_reason,
        case when handovers.rejected_at is not null then reasons.reason is not null end
            as is_rejection_reason_known,
        reasons.label_en as rejection_label_en,
        reasons.label_fr as rejection_label_fr,
        handovers.decided_at,
        handovers.decision,
        cast(measured.decision_minutes as double) as decision_minutes,
        cast(measured.decision_business_minutes as double) as decision_business_minutes,
        handovers.withdrawn_at,
        handovers.withdrawn_to,
        handovers.withdrawn_because,
        handovers.ended_at,
        handovers.outcome
    from handovers
    inner join transitions
        on
            handovers.basis = transitions.basis
            and handovers.lead_id = transitions.lead_id
            and handovers.transition_number = transitions.transition_number
    left join reasons
        on lower(handovers.rejection_reason) = reasons.reason
    inner join measured
        on
            handovers.basis = measured.basis
            and handovers.lead_id = measured.lead_id
            and handovers.transition_number = measured.transition_number

)

select * from final
