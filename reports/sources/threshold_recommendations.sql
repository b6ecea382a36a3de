select
    profiles.label_en as profile_en,
    profiles.label_fr as profile_fr,
    recommendations.recommendation,
    recommendations.reason,
    recommendations.min_fit_score_in_force as fit_in_force,
    recommendations.min_intent_score_in_force as intent_in_force,
    recommendations.best_fit_score,
    recommendations.best_intent_score,
    recommendations.mqls_per_week_in_force,
    recommendations.best_mqls_per_week,
    recommendations.utilization_rate_in_force,
    recommendations.best_utilization_rate,
    cast(recommendations.won_value_per_week_in_force as double) as won_value_per_week_in_force,
    cast(recommendations.best_won_value_per_week as double) as best_won_value_per_week,
    cast(recommendations.value_gain_per_week as double) as value_gain_per_week,
    cast(recommendations.value_gain_per_week_from as double) as value_gain_per_week_from,
    cast(recommendations.value_gain_per_week_to as double) as value_gain_per_week_to
from marts.rpt_threshold_recommendations as recommendations
inner join seeds.icp_profiles as profiles on recommendations.profile = profiles.profile
where recommendations.is_current
order by profiles.priority
