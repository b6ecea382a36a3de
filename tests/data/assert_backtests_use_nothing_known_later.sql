-- Whatever a score of the past is made of was known by then, and its outcome came after it.
select
    leads.lead_id,
    leads.horizon,
    leads.scored_at,
    leads.features_known_at,
    outcomes.outcome,
    outcomes.reached_at
from {{ ref('int_leads_backtested') }} as leads
left join {{ ref('int_outcomes_backtested') }} as outcomes
    on
        leads.lead_id = outcomes.lead_id
        and leads.horizon = outcomes.horizon
        and outcomes.is_reached
where
    leads.features_known_at > leads.scored_at
    or outcomes.reached_at <= leads.scored_at
    or outcomes.reached_at > outcomes.matures_at
