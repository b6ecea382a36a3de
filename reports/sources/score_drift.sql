select
    drift.measure,
    coalesce(drift.component, '–') as component,
    strftime(drift.scoring_month, '%Y-%m') as month,
    masked(drift.lead_count, drift.lead_count) as lead_count,
    drift.drift_value,
    drift.warn_above,
    drift.is_beyond_limit
from marts.rpt_score_drift as drift
where drift.is_latest and drift.is_judged
order by drift.is_beyond_limit desc, drift.measure, component
