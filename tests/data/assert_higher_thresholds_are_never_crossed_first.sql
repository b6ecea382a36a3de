-- Whoever crosses a pair of thresholds has crossed all that ask for less, then or before. How many
-- crossed them within the months looked at may well be fewer: the lower ones were crossed earlier.
with crossings as (

    select * from {{ ref('int_thresholds_crossed') }}

),

in_order as (

    select
        *,
        max(crossed_at) over (
            partition by lead_id, profile, min_fit_score
            order by min_intent_score
            rows between unbounded preceding and 1 preceding
        ) as lower_intent_crossed_at,
        max(crossed_at) over (
            partition by lead_id, profile, min_intent_score
            order by min_fit_score
            rows between unbounded preceding and 1 preceding
        ) as lower_fit_crossed_at
    from crossings

)

select *
from in_order
where crossed_at < lower_intent_crossed_at or crossed_at < lower_fit_crossed_at
