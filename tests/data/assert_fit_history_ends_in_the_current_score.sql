-- The stretch that lasts is the one the current score rests on, and has one best profile at most.
with lasting as (

    select
        lead_id,
        max(case when place = 1 then fit_score end) as fit_score,
        max(case when is_best_profile then profile end) as profile,
        sum(case when is_best_profile then 1 else 0 end) as best_count
    from {{ ref('fct_fit_history') }}
    where valid_to is null
    group by lead_id

)

select scores.lead_id
from {{ ref('fct_lead_scores') }} as scores
left join lasting
    on scores.lead_id = lasting.lead_id
where
    lasting.lead_id is null
    or lasting.fit_score <> scores.fit_score
    or lasting.profile is distinct from scores.profile
    or lasting.best_count > 1
