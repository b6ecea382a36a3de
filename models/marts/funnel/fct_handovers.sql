with handovers as (

    select * from {{ ref('int_handovers_timed') }}

),

reasons as (

    select * from {{ ref('rejection_reasons') }}

),

transitions as (

    select * from {{ ref('fct_lifecycle_transitions') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

final as (

    select
        transitions.transition_id as handover_id,
        handovers.basis,
        handovers.lead_id,
        transitions.passage_number,
        handovers.qualified_at,
        transitions.first_published_at,
        handovers.profile,
        handovers.trigger,
        handovers.evidence,
        handovers.evidence_id,
        leads.owner_id,
        handovers.first_touched_at,
        handovers.first_touched_by,
        handovers.first_touch_id,
        cast(handovers.touch_count as bigint) as touch_count,
        handovers.accepted_at,
        handovers.accepted_by,
        handovers.is_acceptance_implied,
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
    left join leads
        on handovers.lead_id = leads.lead_id

)

select * from final
