with leads as (

    select * from {{ ref('int_leads_enriched') }}

),

qualified as (

    select * from {{ ref('int_profiles_qualified') }}
    where place = 1

),

days as (

    select * from {{ ref('int_intent_days_projected') }}

),

mql_exits as (

    select * from {{ ref('int_mql_exits_dated') }}

),

fit_scores as (

    select * from {{ ref('int_fit_scored') }}

),

objections as (

    select * from {{ ref('int_profiling_objections_dated') }}

),

customers as (

    select * from {{ ref('int_customer_leads_dated') }}

),

activities as (

    select * from {{ ref('int_sales_activities_resolved') }}

),

confirmations as (

    select * from {{ ref('int_confirmations_dated') }}

),

crm_stages as (

    select * from {{ ref('int_crm_stages_entered') }}

),

cadences as (

    select * from {{ ref('int_cadences_exhausted') }}

),

rejection_reasons as (

    select * from {{ ref('rejection_reasons') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- Between changes intent only falls: thresholds hold to the last day end at which they still do.
held_until as (

    select
        qualified.lead_id,
        qualified.changed_at,
        max(days.day_end_at) as day_end_at
    from qualified
    inner join days
        on
            qualified.lead_id = days.lead_id
            and qualified.changed_at = days.changed_at
    where qualified.is_intent_reached and days.intent_score >= qualified.min_intent_score
    group by qualified.lead_id, qualified.changed_at

),

-- Interactions are read anew for each question: an engine that keeps what is read twice would copy
-- all of them.
hand_raises as (

    select
        lead_id,
        counts_from,
        max(interaction_id) as interaction_id
    from {{ ref('int_interactions_weighted') }}
    where is_hand_raise
    group by lead_id, counts_from

),

-- Which interaction it was is asked only of changes that reached their thresholds.
changes_reaching as (

    select distinct
        lead_id,
        changed_at
    from qualified
    where is_intent_reached and cause = 'interaction'

),

interactions_at as (

    select
        interactions.lead_id,
        interactions.counts_from,
        max(interactions.interaction_id) as interaction_id
    from {{ ref('int_interactions_weighted') }} as interactions
    inner join changes_reaching
        on
            interactions.lead_id = changes_reaching.lead_id
            and interactions.counts_from = changes_reaching.changed_at
    where interactions.zero_because is null
    group by interactions.lead_id, interactions.counts_from

),

thresholds_reached as (

    select
        qualified.lead_id,
        qualified.changed_at as holds_from,
        coalesce(held_until.day_end_at, qualified.changed_at) as holds_until,
        qualified.profile,
        qualified.cause as evidence,
        qualified.is_hand_raise,
        interactions_at.interaction_id as evidence_id,
        hand_raises.interaction_id as hand_raise_id
    from qualified
    left join held_until
        on
            qualified.lead_id = held_until.lead_id
            and qualified.changed_at = held_until.changed_at
    left join interactions_at
        on
            case when qualified.cause = 'interaction' then qualified.lead_id end
            = interactions_at.lead_id
            and qualified.changed_at = interactions_at.counts_from
    left join hand_raises
        on
            qualified.lead_id = hand_raises.lead_id
            and qualified.changed_at = hand_raises.counts_from
    where qualified.is_intent_reached

),

sales_stages as (

    select distinct
        crm_stages.lead_id,
        crm_stages.entered_at,
        crm_stages.reason,
        crm_stages.evidence,
        crm_stages.evidence_id,
        case
            when crm_stages.stage = 'sal' then 'accepted'
            when crm_stages.stage = 'opportunity' then 'deal_opened'
            when crm_stages.stage = 'customer' then 'deal_won'
            when crm_stages.stage = 'lost' then 'deal_lost'
            when
                coalesce(rejection_reasons.returns_to, crm_stages.stage) = 'disqualified'
                then 'rejected'
            else 'returned'
        end as trigger
    from crm_stages
    left join rejection_reasons
        on lower(crm_stages.reason) = rejection_reasons.reason
    where
        crm_stages.stage in (
            'sal', 'opportunity', 'customer', 'lost', 'recycled', 'disqualified'
        )

),

-- What people of sales did or wrote down of a lead.
acts_of_sales as (

    select
        lead_id,
        'meeting_booked' as trigger,
        coalesce(created_at, occurred_at) as holds_from,
        coalesce(created_at, occurred_at) as holds_until,
        cast(null as varchar) as profile,
        cast(null as varchar) as reason,
        'meeting' as evidence,
        sales_activity_id as evidence_id
    from activities
    where
        lower(trim(activity_type)) = 'meeting'
        and meeting_status is not null
        and lead_id is not null
    union all
    select
        lead_id,
        case when is_all_confirmed then 'four_confirmed' else 'confirmation_denied' end
            as trigger,
        answered_at as holds_from,
        answered_at as holds_until,
        cast(null as varchar) as profile,
        cast(null as varchar) as reason,
        'qualification' as evidence,
        qualification_id as evidence_id
    from confirmations
    where is_all_confirmed or is_taken_back
    union all
    select
        lead_id,
        trigger,
        entered_at as holds_from,
        entered_at as holds_until,
        cast(null as varchar) as profile,
        reason,
        evidence,
        evidence_id
    from sales_stages

),

unioned as (

    select
        lead_id,
        'thresholds_reached' as trigger,
        holds_from,
        holds_until,
        profile,
        cast(null as varchar) as reason,
        evidence,
        evidence_id
    from thresholds_reached
    union all
    select
        lead_id,
        'request_qualified' as trigger,
        holds_from,
        holds_from as holds_until,
        profile,
        cast(null as varchar) as reason,
        evidence,
        hand_raise_id as evidence_id
    from thresholds_reached
    where is_hand_raise
    union all
    select
        lead_id,
        'fit_reached' as trigger,
        changed_at as holds_from,
        changed_at as holds_until,
        profile,
        cast(null as varchar) as reason,
        cause as evidence,
        cast(null as varchar) as evidence_id
    from qualified
    where not is_intent_reached
    union all
    select
        lead_id,
        'hand_raised' as trigger,
        counts_from as holds_from,
        counts_from as holds_until,
        cast(null as varchar) as profile,
        cast(null as varchar) as reason,
        'interaction' as evidence,
        interaction_id as evidence_id
    from hand_raises
    union all
    select
        lead_id,
        'intent_stayed_low' as trigger,
        exits_at as holds_from,
        exits_at as holds_until,
        profile,
        cast(null as varchar) as reason,
        'decay' as evidence,
        cast(null as varchar) as evidence_id
    from mql_exits
    union all
    select
        lead_id,
        'excluded' as trigger,
        valid_from as holds_from,
        valid_from as holds_until,
        profile,
        excluding_criterion as reason,
        'attribute' as evidence,
        cast(null as varchar) as evidence_id
    from fit_scores
    where is_excluded
    union all
    select
        lead_id,
        'profiling_objected' as trigger,
        objected_at as holds_from,
        objected_at as holds_until,
        cast(null as varchar) as profile,
        cast(null as varchar) as reason,
        'consent' as evidence,
        cast(null as varchar) as evidence_id
    from objections
    union all
    select
        lead_id,
        'account_won' as trigger,
        customer_from as holds_from,
        customer_from as holds_until,
        cast(null as varchar) as profile,
        cast(null as varchar) as reason,
        'account' as evidence,
        cast(null as varchar) as evidence_id
    from customers
    union all
    select
        lead_id,
        'cadence_exhausted' as trigger,
        exhausted_at as holds_from,
        exhausted_at as holds_until,
        cast(null as varchar) as profile,
        cast(null as varchar) as reason,
        'activity' as evidence,
        sales_activity_id as evidence_id
    from cadences
    union all
    select * from acts_of_sales

),

-- A lead begins when it was created, or when it was first known or acted upon if that was earlier;
-- what was delivered without a date after the latest event has begun by then.
acts as (

    select
        lead_id,
        min(holds_from) as first_act_at
    from acts_of_sales
    where evidence <> 'lead record'
    group by lead_id

),

first_versions as (

    select
        lead_id,
        min(least(valid_from, coalesce(created_at, valid_from))) as known_from
    from leads
    group by lead_id

),

leads_created as (

    select
        first_versions.lead_id,
        refresh_context.as_of,
        least(
            first_versions.known_from,
            coalesce(acts.first_act_at, first_versions.known_from),
            refresh_context.as_of
        ) as started_at
    from first_versions
    cross join refresh_context
    left join acts
        on first_versions.lead_id = acts.lead_id

),

final as (

    select
        unioned.lead_id,
        unioned.trigger,
        unioned.holds_from,
        unioned.holds_until,
        unioned.profile,
        unioned.reason,
        unioned.evidence,
        unioned.evidence_id,
        cadences.answered_at as stage_entered_after,
        cadences.began_by as stage_entered_until
    from unioned
    inner join leads_created
        on
            unioned.lead_id = leads_created.lead_id
            and unioned.holds_from <= leads_created.as_of
    left join cadences
        on
            case when unioned.trigger = 'cadence_exhausted' then unioned.evidence_id end
            = cadences.sales_activity_id
    union all
    select
        lead_id,
        'lead_created' as trigger,
        started_at as holds_from,
        started_at as holds_until,
        cast(null as varchar) as profile,
        cast(null as varchar) as reason,
        'lead record' as evidence,
        cast(null as varchar) as evidence_id,
        cast(null as timestamp) as stage_entered_after,
        cast(null as timestamp) as stage_entered_until
    from leads_created

)

select * from final
