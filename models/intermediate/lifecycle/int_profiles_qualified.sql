with intent_scores as (

    select * from {{ ref('int_intent_scored') }}

),

fit_scores as (

    select * from {{ ref('int_fit_scored') }}

),

thresholds as (

    select * from {{ ref('mql_thresholds') }}

),

profiles as (

    select * from {{ ref('icp_profiles') }}

),

objections as (

    select * from {{ ref('int_profiling_objections_dated') }}

),

customers as (

    select * from {{ ref('int_customer_leads_dated') }}

),

fits_at_changes as (

    select
        intent_scores.lead_id,
        intent_scores.changed_at,
        intent_scores.next_changed_at,
        intent_scores.cause,
        intent_scores.is_hand_raise,
        intent_scores.intent_score,
        fit_scores.profile,
        fit_scores.fit_score,
        thresholds.min_intent_score,
        thresholds.exit_intent_score,
        profiles.priority,
        intent_scores.intent_score >= thresholds.min_intent_score as is_intent_reached
    from intent_scores
    inner join fit_scores
        on
            intent_scores.lead_id = fit_scores.lead_id
            and intent_scores.changed_at >= fit_scores.valid_from
            and intent_scores.changed_at < {{ open_end('fit_scores.valid_to') }}
    inner join thresholds
        on fit_scores.profile = thresholds.profile
    inner join profiles
        on fit_scores.profile = profiles.profile
    where
        fit_scores.fit_score >= thresholds.min_fit_score
        and not fit_scores.is_excluded
        and not fit_scores.is_mql_blocked_by_unknown

),

-- Who objects to profiling is not qualified by it; contacts of customers have their own funnel.
allowed as (

    select fits_at_changes.*
    from fits_at_changes
    left join objections
        on
            fits_at_changes.lead_id = objections.lead_id
            and fits_at_changes.changed_at >= objections.objected_at
            and fits_at_changes.changed_at < {{ open_end('objections.objected_until') }}
    left join customers
        on
            fits_at_changes.lead_id = customers.lead_id
            and fits_at_changes.changed_at >= customers.customer_from
            and fits_at_changes.changed_at < {{ open_end('customers.customer_until') }}
    where objections.lead_id is null and customers.lead_id is null

),

final as (

    select
        lead_id,
        changed_at,
        next_changed_at,
        cause,
        is_hand_raise,
        profile,
        fit_score,
        intent_score,
        min_intent_score,
        is_intent_reached,
        row_number() over (
            partition by lead_id, changed_at
            order by is_intent_reached desc, fit_score desc, priority asc
        ) as place
    from allowed

)

select * from final
