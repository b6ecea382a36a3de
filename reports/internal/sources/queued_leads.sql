select
    queue.lead_id,
    queue.lead_id || ' · ' || coalesce(leads.company_name, leads.account_id, '–')
        || coalesce(' · ' || leads.job_title, '') as label,
    queue.queue_position,
    scores.grade,
    cast(scores.fit_score as double) as fit_score,
    cast(scores.fit_ceiling as double) as fit_ceiling,
    cast(scores.intent_score as double) as intent_score,
    profiles.label_en as profile_en,
    profiles.label_fr as profile_fr,
    scores.reason_en,
    scores.reason_fr
from marts.fct_work_queue as queue
inner join marts.dim_leads as leads on queue.lead_id = leads.lead_id
inner join marts.fct_lead_scores as scores on queue.lead_id = scores.lead_id
left join seeds.icp_profiles as profiles on scores.profile = profiles.profile
order by queue.queue_position
