-- By the rules a lead becomes an MQL at the instant that its scores reach the thresholds of a profile:
-- the scores frozen then are at least the lowest of them.
select
    grades.lead_id,
    grades.qualified_at,
    grades.fit_score,
    grades.intent_score
from {{ ref('fct_mql_grades') }} as grades
cross join (
    select
        min(min_fit_score) as min_fit_score,
        min(min_intent_score) as min_intent_score
    from {{ ref('mql_thresholds') }}
) as thresholds
where
    grades.basis = 'rules'
    and (
        coalesce(grades.fit_score < thresholds.min_fit_score, true)
        or coalesce(grades.intent_score < thresholds.min_intent_score, true)
    )
