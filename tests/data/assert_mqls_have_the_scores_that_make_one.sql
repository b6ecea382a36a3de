-- By the rules a lead becomes an MQL at the instant that its scores reach the thresholds of a
-- profile: the scores frozen then are at least the lowest of them.
with grades as (

    select * from {{ ref('fct_mql_grades') }}
    where basis = 'rules'

),

lowest_thresholds as (

    select
        min(min_fit_score) as min_fit_score,
        min(min_intent_score) as min_intent_score
    from {{ ref('mql_thresholds') }}

)

select
    grades.lead_id,
    grades.qualified_at,
    grades.fit_score,
    grades.intent_score
from grades
cross join lowest_thresholds
where
    coalesce(grades.fit_score < lowest_thresholds.min_fit_score, true)
    or coalesce(grades.intent_score < lowest_thresholds.min_intent_score, true)
