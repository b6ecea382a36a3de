-- Leads that rules and CRM hold in different stages at the as-of instant.
with current as (
    select rules_stage, crm_stage, kind, count(*) as lead_count,
        median(disagreed_days) as median_days
    from marts.rpt_stage_disagreements
    where is_current
    group by rules_stage, crm_stage, kind
)

select
    current.kind,
    coalesce(rules_stages.label_en, 'none') as rules_en,
    coalesce(rules_stages.label_fr, 'aucune') as rules_fr,
    coalesce(crm_stages.label_en, 'none') as crm_en,
    coalesce(crm_stages.label_fr, 'aucune') as crm_fr,
    coalesce(rules_stages.sort_order, 0) as rules_order,
    coalesce(crm_stages.sort_order, 0) as crm_order,
    masked(current.lead_count, current.lead_count) as lead_count,
    masked(current.median_days, current.lead_count) as median_days
from current
left join seeds.lifecycle_stages as rules_stages on current.rules_stage = rules_stages.stage
left join seeds.lifecycle_stages as crm_stages on current.crm_stage = crm_stages.stage
order by rules_order, crm_order
