-- When each lead first reached each pair of thresholds: from the instants at which its intent can
-- have risen, in one pass, whatever the number of pairs.
with intent_scores as (

    select * from {{ ref('int_intent_scored') }}

),

fit_scores as (

    select * from {{ ref('int_fit_scored') }}
    where not is_excluded and not is_mql_blocked_by_unknown

),

pairs as (

    select * from {{ ref('int_thresholds_tried') }}

),

objections as (

    select * from {{ ref('int_profiling_objections_dated') }}

),

customers as (

    select * from {{ ref('int_customer_leads_dated') }}

),

settings as (

    select * from {{ ref('calibration') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

lowest as (

    select
        profile,
        min(min_fit_score) as min_fit_score,
        min(min_intent_score) as min_intent_score
    from pairs
    group by profile

),

intents as (

    select distinct
        profile,
        min_intent_score
    from pairs

),

fits as (

    select distinct
        profile,
        min_fit_score
    from pairs

),

scores_at_changes as (

    select
        intent_scores.lead_id,
        intent_scores.changed_at,
        intent_scores.intent_score,
        fit_scores.profile,
        fit_scores.fit_score
    from intent_scores
    inner join fit_scores
        on
            intent_scores.lead_id = fit_scores.lead_id
            and intent_scores.changed_at >= fit_scores.valid_from
            and intent_scores.changed_at < {{ open_end('fit_scores.valid_to') }}
    inner join lowest
        on
            fit_scores.profile = lowest.profile
            and intent_scores.intent_score >= lowest.min_intent_score
            and fit_scores.fit_score >= lowest.min_fit_score

),

-- Who objects to profiling or is a customer becomes no MQL, as in int_profiles_qualified.
allowed as (

    select scores_at_changes.*
    from scores_at_changes
    left join objections
        on
            scores_at_changes.lead_id = objections.lead_id
            and scores_at_changes.changed_at >= objections.objected_at
            and scores_at_changes.changed_at < {{ open_end('objections.objected_until') }}
    left join customers
        on
            scores_at_changes.lead_id = customers.lead_id
            and scores_at_changes.changed_at >= customers.customer_from
            and scores_at_changes.changed_at < {{ open_end('customers.customer_until') }}
    where objections.lead_id is null and customers.lead_id is null

),

intents_reached as (

    select
        allowed.lead_id,
        allowed.profile,
        allowed.fit_score,
        intents.min_intent_score,
        min(allowed.changed_at) as reached_at
    from allowed
    inner join intents
        on
            allowed.profile = intents.profile
            and allowed.intent_score >= intents.min_intent_score
    group by allowed.lead_id, allowed.profile, allowed.fit_score, intents.min_intent_score

),

both_reached as (

    select
        intents_reached.lead_id,
        intents_reached.profile,
        fits.min_fit_score,
        intents_reached.min_intent_score,
        min(intents_reached.reached_at) as crossed_at
    from intents_reached
    inner join fits
        on
            intents_reached.profile = fits.profile
            and intents_reached.fit_score >= fits.min_fit_score
    group by
        intents_reached.lead_id,
        intents_reached.profile,
        fits.min_fit_score,
        intents_reached.min_intent_score

),

final as (

    select both_reached.*
    from both_reached
    cross join refresh_context
    cross join settings
    where
        both_reached.crossed_at
        >= {{ dbt.dateadd('month', '-settings.months_back', 'refresh_context.as_of') }}

)

select * from final
