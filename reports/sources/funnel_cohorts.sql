select
    cohorts.basis,
    strftime(cohorts.cohort_month, '%Y-%m') as month,
    cohorts.dimension,
    coalesce(cohorts.segment, '') as segment,
    cohorts.from_stage,
    cohorts.to_stage,
    cohorts.from_stage || ' → ' || cohorts.to_stage as step,
    masked(cohorts.entered_count, cohorts.entered_count) as entered_count,
    masked(cohorts.converted_count, cohorts.converted_count) as converted_count,
    masked(cohorts.conversion_rate, cohorts.entered_count) as conversion_rate,
    masked(cohorts.conversion_to_date_rate, cohorts.entered_count) as conversion_to_date_rate,
    masked(cohorts.via_mql_count, cohorts.via_mql_count) as via_mql_count,
    masked(cohorts.direct_count, cohorts.direct_count) as direct_count,
    cohorts.is_mature and cohorts.is_fully_observed as is_mature
from marts.rpt_funnel_cohorts as cohorts
where cohorts.dimension in ('all', 'channel', 'source', 'profile', 'country', 'team')
order by cohorts.basis, cohorts.dimension, segment, month
