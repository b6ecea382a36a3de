-- not people: account_count
select stages.label_en as stage_en, stages.label_fr as stage_fr, stages.sort_order,
    count(*) as account_count, avg(accounts.role_coverage_rate) as mean_coverage_rate
from marts.fct_account_scores as accounts
inner join seeds.lifecycle_stages as stages on accounts.furthest_stage = stages.stage
group by all
order by stages.sort_order
