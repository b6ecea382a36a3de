with scores as (

    select * from {{ ref('int_scores_stored') }}

),

final as (

    select
        scores.lead_id,
        scores.scored_at,
        scores.profile,
        scores.fit_score,
        scores.fit_ceiling,
        scores.fit_coverage,
        scores.is_excluded,
        scores.excluding_criterion,
        scores.is_mql_blocked_by_unknown,
        scores.blocking_criterion,
        scores.is_worth_enriching,
        scores.intent_score,
        cast(scores.intent_points as decimal(28, 12)) as intent_points,
        scores.last_signal_at,
        cast(scores.recency_days as double) as recency_days,
        cast(scores.frequency_count as bigint) as frequency_count,
        cast(scores.mean_depth_factor as double) as depth_factor,
        scores.last_hand_raise_at,
        scores.is_hand_raised,
        scores.fit_band,
        scores.intent_band,
        scores.grade,
        scores.temperature,
        cast(scores.priority as bigint) as priority,
        scores.reason_en,
        scores.reason_fr,
        scores.rules_digest
    from scores

)

select * from final
