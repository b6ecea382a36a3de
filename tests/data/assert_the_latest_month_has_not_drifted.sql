{{ config(severity='warn') }}

-- A warning on purpose: who comes may change, and the rules are then to be looked at, not the data.
select
    measure,
    component,
    scoring_month,
    drift_value,
    warn_above
from {{ ref('rpt_score_drift') }}
where is_latest and is_beyond_limit
