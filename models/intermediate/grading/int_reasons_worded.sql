{{ config(materialized='view') }}

-- The three signals and the three criteria that say most, in the words of salespeople. Scores come
-- along, so that whoever asks for both asks the interactions once.
with fit_reasons as (

    select * from {{ ref('int_fit_reasons_worded') }}

),

scores as (

    select * from {{ ref('int_leads_scored') }}

),

-- Verdicts are long and have served their purpose: nobody stores them with each lead.
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
        scores.intent_points,
        scores.last_signal_at,
        scores.recency_days,
        scores.frequency_count,
        scores.mean_depth_factor,
        scores.last_hand_raise_at,
        scores.is_hand_raised,
        scores.fit_band,
        scores.intent_band,
        scores.grade,
        scores.temperature,
        scores.priority,
        scores.signal_words_en,
        scores.signal_words_fr,
        scores.rules_digest,
        case
            when scores.is_excluded then 'No fit with any profile'
            else coalesce(fit_reasons.words_en, 'Nothing known that fits')
        end
        || '; ' || coalesce(scores.signal_words_en, 'no signal') as reason_en,
        case
            when scores.is_excluded then 'Ne correspond à aucun profil'
            else coalesce(fit_reasons.words_fr, 'Rien de connu ne correspond')
        end
        || ' ; ' || coalesce(scores.signal_words_fr, 'aucun signal') as reason_fr
    from scores
    left join fit_reasons
        on scores.verdicts = fit_reasons.verdicts

)

select * from final
