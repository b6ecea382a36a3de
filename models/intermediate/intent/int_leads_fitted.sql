-- Only a lead that fits some profile at some time can become an MQL or be nurtured, so instants at
-- which intent crosses a threshold are looked for among these.
with fit_scores as (

    select * from {{ ref('int_fit_scored') }}

),

thresholds as (

    select * from {{ ref('mql_thresholds') }}

),

final as (

    select distinct fit_scores.lead_id
    from fit_scores
    inner join thresholds
        on fit_scores.profile = thresholds.profile
    where
        fit_scores.fit_score >= thresholds.min_fit_score
        and not fit_scores.is_excluded
        and not fit_scores.is_mql_blocked_by_unknown

)

select * from final
