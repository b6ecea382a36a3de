-- Leads that are still in play by fit and intent.
select
    scores.fit_band,
    scores.intent_band,
    masked(count(*), count(*)) as lead_count
from marts.fct_lead_scores as scores
inner join marts.dim_leads as leads on scores.lead_id = leads.lead_id
where leads.rules_stage not in ('customer', 'lost', 'disqualified')
group by all
order by all
