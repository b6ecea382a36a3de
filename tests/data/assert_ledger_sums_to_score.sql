-- A score is the sum of its rows, to the last digit, and each row has a key, a lead and points: for
-- every lead where everything was built, else for those that this refresh concerns.
-- depends_on: {{ ref('int_leads_touched') }}
with scores as (

    select * from {{ ref('fct_lead_scores') }}
    {% if not is_full_build() %}
        where {{ among_touched_leads('lead_id') }}
    {% endif %}

),

ledger as (

    select * from {{ ref('fct_score_contributions') }}
    {% if not is_full_build() %}
        where {{ among_touched_leads('lead_id') }}
    {% endif %}

),

contributions as (

    select
        lead_id,
        sum(case when score = 'fit' then score_points else 0 end) as fit_points,
        sum(case when score = 'intent' then score_points else 0 end) as intent_points,
        -- By numbers, which take less memory: two keys of a lead that share one would fail.
        count(*) - count(distinct {{ hashed_text('contribution_id') }}) as repeated_count,
        count(case when points is null or score_points is null or full_points is null then 1 end)
            as pointless_count,
        count(
            case
                when score = 'fit' and kind in ('criterion', 'clamp', 'exclusion') then null
                when score = 'intent' and kind in ('signal', 'step', 'cap', 'clamp') then null
                else 1
            end
        ) as unknown_kind_count
    from ledger
    group by lead_id

)

select
    coalesce(scores.lead_id, contributions.lead_id) as lead_id,
    scores.fit_score,
    contributions.fit_points,
    scores.intent_score,
    contributions.intent_points,
    contributions.repeated_count,
    contributions.pointless_count,
    contributions.unknown_kind_count
from scores
full join contributions
    on scores.lead_id = contributions.lead_id
where
    scores.lead_id is null
    or scores.fit_score <> coalesce(contributions.fit_points, 0)
    or scores.intent_score <> coalesce(contributions.intent_points, 0)
    or contributions.repeated_count > 0
    or contributions.pointless_count > 0
    or contributions.unknown_kind_count > 0
