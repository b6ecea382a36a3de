-- Two ways to say where a lead stands must agree, or one of them is wrong.
with last_transitions as (

    select
        lead_id,
        max(transition_number) as transition_number
    from {{ ref('fct_lifecycle_transitions') }}
    where basis = 'crm' and is_effective
    group by lead_id

)

select
    leads.lead_id,
    leads.crm_stage,
    transitions.to_stage
from {{ ref('dim_leads') }} as leads
left join last_transitions
    on leads.lead_id = last_transitions.lead_id
left join {{ ref('fct_lifecycle_transitions') }} as transitions
    on
        last_transitions.lead_id = transitions.lead_id
        and last_transitions.transition_number = transitions.transition_number
        and transitions.basis = 'crm'
where leads.crm_stage is distinct from transitions.to_stage
