with lead_verdicts as (

    select * from {{ ref('int_lead_verdicts_combined') }}

),

scores as (

    select * from {{ ref('int_fit_combinations_scored') }}

),

final as (

    select
        lead_verdicts.lead_id,
        lead_verdicts.valid_from,
        lead_verdicts.valid_to,
        lead_verdicts.verdicts,
        scores.profile,
        scores.fit_score,
        scores.fit_ceiling,
        scores.fit_coverage,
        scores.floor_points,
        scores.full_points,
        scores.is_excluded,
        scores.excluding_criterion,
        scores.is_mql_blocked_by_unknown,
        scores.blocking_criterion,
        scores.place
    from lead_verdicts
    inner join scores
        on lead_verdicts.verdicts = scores.verdicts

)

select * from final
