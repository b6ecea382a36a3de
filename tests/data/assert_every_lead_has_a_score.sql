-- Each lead that is known has scores, also one that nothing is known of but its name.
select leads.lead_id
from {{ ref('dim_leads') }} as leads
left join {{ ref('fct_lead_scores') }} as scores
    on leads.lead_id = scores.lead_id
where scores.lead_id is null
