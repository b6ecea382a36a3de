{{ config(materialized='view') }}

with fit_scores as (

    select * from {{ ref('int_fit_scored') }}

),

thresholds as (

    select * from {{ ref('mql_thresholds') }}

),

engaged as (

    select * from {{ ref('int_leads_engaged') }}

),

scoring as (

    select * from {{ ref('scoring') }}

),

bands as (

    select * from {{ ref('score_bands') }}

),

grades as (

    select * from {{ ref('grades') }}

),

refresh_context as (

    select
        *,
        -- Of now, all that has landed counts, though it may be known later than the latest event.
        case when is_as_of_given then as_of else known_by end as known_until
    from {{ ref('stg_files__refresh_context') }}

),

leading_profiles as (

    select
        fit_scores.*,
        refresh_context.as_of,
        refresh_context.rules_digest
    from fit_scores
    cross join refresh_context
    where
        fit_scores.place = 1
        and fit_scores.valid_from <= refresh_context.known_until
        and {{ open_end('fit_scores.valid_to') }} > refresh_context.known_until

),

scored as (

    select
        leading_profiles.lead_id,
        leading_profiles.as_of as scored_at,
        leading_profiles.verdicts,
        case when not leading_profiles.is_excluded then leading_profiles.profile end as profile,
        case
            when leading_profiles.is_excluded then cast(0 as decimal(18, 12))
            else leading_profiles.fit_score
        end as fit_score,
        case
            when leading_profiles.is_excluded then cast(0 as decimal(18, 12))
            else leading_profiles.fit_ceiling
        end as fit_ceiling,
        leading_profiles.fit_coverage,
        leading_profiles.is_excluded,
        leading_profiles.excluding_criterion,
        leading_profiles.is_mql_blocked_by_unknown,
        leading_profiles.blocking_criterion,
        thresholds.min_fit_score,
        thresholds.min_intent_score,
        coalesce(engaged.intent_points, 0) as intent_points,
        {{ score_of('coalesce(engaged.intent_points, 0)', 'scoring.reference_points') }}
            as intent_score,
        engaged.last_signal_at,
        {{ days_between('engaged.last_signal_at', 'leading_profiles.as_of') }} as recency_days,
        coalesce(engaged.recent_signal_count, 0) as frequency_count,
        engaged.mean_depth_factor,
        engaged.last_hand_raise_at,
        coalesce(
            {{ days_after('engaged.last_hand_raise_at', 'scoring.hand_raise_days') }}
            > leading_profiles.as_of,
            false
        ) as is_hand_raised,
        engaged.signal_words_en,
        engaged.signal_words_fr,
        leading_profiles.rules_digest
    from leading_profiles
    cross join scoring
    left join thresholds
        on leading_profiles.profile = thresholds.profile
    left join engaged
        on leading_profiles.lead_id = engaged.lead_id

),

banded as (

    select
        scored.*,
        fit_bands.band as fit_band,
        intent_bands.band as intent_band
    from scored
    inner join bands as fit_bands
        on
            fit_bands.score = 'fit'
            and {{ is_in_band('scored.fit_score', 'fit_bands') }}
    inner join bands as intent_bands
        on
            intent_bands.score = 'intent'
            and {{ is_in_band('scored.intent_score', 'intent_bands') }}

),

final as (

    select
        banded.lead_id,
        banded.scored_at,
        banded.verdicts,
        banded.profile,
        banded.fit_score,
        banded.fit_ceiling,
        banded.fit_coverage,
        banded.is_excluded,
        banded.excluding_criterion,
        banded.is_mql_blocked_by_unknown,
        banded.blocking_criterion,
        banded.fit_score < banded.min_fit_score
        and banded.fit_ceiling >= banded.min_fit_score
        and not banded.is_excluded as is_worth_enriching,
        banded.intent_score,
        banded.intent_points,
        banded.last_signal_at,
        banded.recency_days,
        banded.frequency_count,
        banded.mean_depth_factor,
        banded.last_hand_raise_at,
        banded.is_hand_raised,
        banded.fit_band,
        banded.intent_band,
        banded.fit_band || banded.intent_band as grade,
        case
            when banded.is_hand_raised then grades.hand_raise_temperature
            else grades.temperature
        end as temperature,
        case
            when banded.is_hand_raised then grades.hand_raise_priority
            else grades.priority
        end as priority,
        banded.signal_words_en,
        banded.signal_words_fr,
        banded.rules_digest
    from banded
    inner join grades
        on
            banded.fit_band = grades.fit_band
            and banded.intent_band = grades.intent_band

)

select * from final
