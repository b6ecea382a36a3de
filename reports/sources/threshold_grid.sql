select
    grid.profile,
    profiles.label_en as profile_en,
    profiles.label_fr as profile_fr,
    grid.min_fit_score,
    grid.min_intent_score,
    masked(grid.mqls_per_week, grid.mql_count) as mqls_per_week,
    cast(grid.expected_won_value_per_week as double) as expected_won_value_per_week,
    grid.is_within_capacity
from marts.rpt_threshold_grid as grid
inner join seeds.icp_profiles as profiles on grid.profile = profiles.profile
order by profiles.priority, grid.min_fit_score, grid.min_intent_score
