select
    coalesce(accounts.account_name, accounts.account_id) as account,
    coalesce(profiles.label_en, '') as profile_en,
    coalesce(profiles.label_fr, '') as profile_fr,
    accounts.grade,
    accounts.priority,
    accounts.temperature,
    temperatures.label_en as temperature_en,
    temperatures.label_fr as temperature_fr,
    cast(accounts.fit_score as double) as fit_score,
    cast(accounts.intent_score as double) as intent_score,
    stages.label_en as stage_en,
    stages.label_fr as stage_fr,
    stages.sort_order as stage_order,
    accounts.is_customer,
    accounts.required_role_count as required_roles,
    accounts.covered_role_count as covered_roles,
    accounts.role_coverage_rate,
    masked(accounts.lead_count, accounts.lead_count) as lead_count
from marts.fct_account_scores as accounts
left join seeds.icp_profiles as profiles on accounts.profile = profiles.profile
left join seeds.lifecycle_stages as stages on accounts.furthest_stage = stages.stage
left join seeds.temperatures as temperatures on accounts.temperature = temperatures.temperature
where not accounts.is_excluded
order by accounts.priority, accounts.intent_score desc
limit 300
