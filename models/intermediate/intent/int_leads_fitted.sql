-- Only a lead that fits some profile at some time can become an MQL or be nurtured, by the threshold
-- in force or by a lower one that is tried, so instants at which intent crosses one are looked for
-- among these.
with fit_scores as (

    select * from {{ ref('int_fit_scored') }}

),

thresholds as (

    select * from {{ ref('mql_thresholds') }}

),

lowest_tried as (

    select min(from_score) as fit_score
    from {{ ref('threshold_steps') }}
    where score = 'fit'

),

final as (

    select distinct fit_scores.lead_id
    from fit_scores
    inner join thresholds
        on fit_scores.profile = thresholds.profile
    cross join lowest_tried
    where
        fit_scores.fit_score
        >= least(
            thresholds.min_fit_score, coalesce(lowest_tried.fit_score, thresholds.min_fit_score)
        )
        and not fit_scores.is_excluded
        and not fit_scores.is_mql_blocked_by_unknown

)

select * from final
