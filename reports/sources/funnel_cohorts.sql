select
    cohorts.basis,
    strftime(cohorts.cohort_month, '%Y-%m') as month,
    cohorts.dimension,
    coalesce(cohorts.segment, '') as segment,
    cohorts.from_stage || ' → ' || cohorts.to_stage as step,
    masked(cohorts.entered_count, cohorts.entered_count) as entered_count,
    masked(cohorts.converted_count, cohorts.converted_count) as converted_count,
    masked_rate(cohorts.conversion_rate, cohorts.converted_count, cohorts.entered_count)
        as conversion_rate,
    masked_rate(
        cohorts.conversion_to_date_rate, cohorts.converted_to_date_count, cohorts.entered_count
    ) as conversion_to_date_rate,
    cohorts.is_mature and cohorts.is_fully_observed as is_mature
from marts.rpt_funnel_cohorts as cohorts
where cohorts.dimension in ('all', 'channel', 'source', 'profile', 'country', 'team')
order by cohorts.basis, cohorts.dimension, segment, month
