with teams as (
    select sales_user_id, max_by(team, week_start_date) as team
    from marts.rpt_sales_load
    group by sales_user_id
)

select
    queue.queue_position,
    queue.lead_id,
    coalesce(leads.company_name, leads.account_id, '–') as account,
    coalesce(leads.job_title, '–') as job_title,
    leads.country_code,
    queue.grade,
    queue.priority,
    temperatures.label_en as temperature_en,
    temperatures.label_fr as temperature_fr,
    stages.label_en as stage_en,
    stages.label_fr as stage_fr,
    case queue.next_action when 'reassign' then 'Reassign' else coalesce(actions.label_en, queue.next_action) end
        as action_en,
    case queue.next_action when 'reassign' then 'Réattribuer'
        else coalesce(actions.label_fr, queue.next_action) end as action_fr,
    queue.channel,
    queue.is_due,
    queue.is_sla_breached,
    coalesce(queue.sla_due_at, queue.due_at) as due_at,
    coalesce(teams.team, '') as team,
    queue.reason_en,
    queue.reason_fr
from marts.fct_work_queue as queue
inner join marts.dim_leads as leads on queue.lead_id = leads.lead_id
left join seeds.temperatures as temperatures on queue.temperature = temperatures.temperature
left join seeds.lifecycle_stages as stages on queue.stage = stages.stage
left join seeds.queue_actions as actions on queue.next_action = actions.action
left join teams on coalesce(queue.owner_id, queue.proposed_owner_id) = teams.sales_user_id
order by queue.queue_position
