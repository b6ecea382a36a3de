-- not people: won_count
select
    grid.profile,
    profiles.label_en as profile_en,
    profiles.label_fr as profile_fr,
    grid.min_fit_score,
    grid.min_intent_score,
    grid.is_in_force,
    grid.mqls_per_week,
    masked(grid.won_precision, grid.won_judged_count) as won_precision,
    grid.recall,
    cast(grid.expected_won_value_per_week as double) as expected_won_value_per_week,
    grid.utilization_rate,
    grid.is_within_capacity
from marts.rpt_threshold_grid as grid
inner join seeds.icp_profiles as profiles on grid.profile = profiles.profile
order by profiles.priority, grid.min_fit_score, grid.min_intent_score
