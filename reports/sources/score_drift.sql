select
    said_en(drift.measure) as measure_en,
    said_fr(drift.measure) as measure_fr,
    coalesce(attributes.label_en, said_en(drift.component), '–') as component_en,
    coalesce(attributes.label_fr, said_fr(drift.component), '–') as component_fr,
    strftime(drift.scoring_month, '%Y-%m') as month,
    masked(drift.lead_count, drift.lead_count) as lead_count,
    drift.drift_value,
    drift.warn_above,
    drift.is_beyond_limit
from marts.rpt_score_drift as drift
left join seeds.fit_attributes as attributes
    on drift.component = attributes.attribute and drift.measure <> 'score_stability'
where drift.is_latest and drift.is_judged
order by drift.is_beyond_limit desc, drift.measure, drift.component
