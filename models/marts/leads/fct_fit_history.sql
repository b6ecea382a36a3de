with fit_scores as (

    select * from {{ ref('int_fit_scored') }}

),

lead_verdicts as (

    select * from {{ ref('int_lead_verdicts_combined') }}

),

refresh_context as (

    select
        *,
        -- Of now, all that has landed counts, though it may be known later than the latest event.
        case when is_as_of_given then as_of else known_by end as known_until
    from {{ ref('stg_files__refresh_context') }}

),

known_verdicts as (

    select
        lead_verdicts.lead_id,
        lead_verdicts.valid_from,
        lead_verdicts.verdicts,
        lag(lead_verdicts.verdicts) over (
            partition by lead_verdicts.lead_id
            order by lead_verdicts.valid_from
        ) as previous_verdicts
    from lead_verdicts
    cross join refresh_context
    where lead_verdicts.valid_from <= refresh_context.known_until

),

-- A new record that changes no verdict changes no score.
stretches as (

    select
        lead_id,
        valid_from,
        lead(valid_from) over (partition by lead_id order by valid_from) as valid_to
    from known_verdicts
    where previous_verdicts is null or verdicts <> previous_verdicts

),

final as (

    select
        stretches.lead_id,
        fit_scores.profile,
        stretches.valid_from,
        stretches.valid_to,
        case
            when fit_scores.is_excluded then cast(0 as decimal(18, 12))
            else fit_scores.fit_score
        end as fit_score,
        case
            when fit_scores.is_excluded then cast(0 as decimal(18, 12))
            else fit_scores.fit_ceiling
        end as fit_ceiling,
        fit_scores.fit_coverage,
        fit_scores.is_excluded,
        fit_scores.excluding_criterion,
        fit_scores.is_mql_blocked_by_unknown,
        fit_scores.blocking_criterion,
        cast(fit_scores.place as bigint) as place,
        fit_scores.place = 1 and not fit_scores.is_excluded as is_best_profile,
        refresh_context.rules_digest
    from stretches
    inner join fit_scores
        on
            stretches.lead_id = fit_scores.lead_id
            and stretches.valid_from = fit_scores.valid_from
    cross join refresh_context

)

select * from final
