{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched_leads',
    tags=['all_interactions']
) }}
-- depends_on: {{ ref('int_leads_touched') }}

with interactions as (

    select * from {{ ref('int_interactions_traced') }}

),

suspected as (

    select * from {{ ref('int_interactions_suspected') }}

),

overridden as (

    select * from {{ ref('int_interactions_overridden') }}

),

tracked as (

    select * from {{ ref('int_interactions_traced') }}

),

refusals as (

    select * from {{ ref('int_tracking_refusals_dated') }}

),

openings as (

    select * from {{ ref('traffic_openings') }}
    where is_active

),

reasons as (

    select * from {{ ref('traffic_reasons') }}
    where is_active

),

found as (

    select suspected.*
    from suspected
    left join overridden
        on suspected.interaction_id = overridden.interaction_id
    where coalesce(overridden.verdict, 'machine') = 'machine'
    union all
    select
        interaction_id,
        lead_id,
        'by_hand' as zero_because,
        'override' as rule_kind,
        override as rule,
        cast(null as varchar) as evidence_interaction_id
    from overridden
    where verdict = 'machine'

),

found_ids as (

    select distinct interaction_id
    from found

),

-- Whether a person stands behind what was opened shows in what else the lead ever did.
habits as (

    select
        interactions.lead_id,
        interactions.interaction_type,
        count(*) as interaction_count,
        count(*) - count(found_ids.interaction_id) as human_count
    from interactions
    left join found_ids
        on interactions.interaction_id = found_ids.interaction_id
    group by interactions.lead_id, interactions.interaction_type

),

human_leads as (

    select
        lead_id,
        sum(human_count) as human_count
    from habits
    group by lead_id

),

unattended as (

    select
        habits.lead_id,
        habits.interaction_type,
        openings.opening,
        openings.zero_because
    from habits
    inner join openings
        on habits.interaction_type = openings.interaction_type
    inner join human_leads
        on habits.lead_id = human_leads.lead_id
    where
        habits.interaction_count >= openings.min_count
        and human_leads.human_count = habits.human_count

),

opened_by_nobody as (

    select
        interactions.interaction_id,
        interactions.lead_id,
        unattended.zero_because,
        'opening' as rule_kind,
        unattended.opening as rule,
        cast(null as varchar) as evidence_interaction_id
    from interactions
    inner join unattended
        on
            interactions.lead_id = unattended.lead_id
            and interactions.interaction_type = unattended.interaction_type
    left join overridden
        on interactions.interaction_id = overridden.interaction_id
    where coalesce(overridden.verdict, 'machine') = 'machine'

),

-- The law is no suspicion: nobody outranks it by hand.
tracked_without_consent as (

    select
        tracked.interaction_id,
        tracked.lead_id,
        'no_tracking_consent' as zero_because,
        'tracking' as rule_kind,
        refusals.policy as rule,
        cast(null as varchar) as evidence_interaction_id
    from tracked
    inner join refusals
        on
            tracked.lead_id = refusals.lead_id
            and tracked.interaction_type = refusals.interaction_type
    where
        tracked.occurred_at >= refusals.refused_from
        and tracked.occurred_at < {{ open_end('refusals.refused_until') }}

),

all_found as (

    select * from found
    union all
    select * from opened_by_nobody
    union all
    select * from tracked_without_consent

),

ranked as (

    select
        all_found.*,
        row_number() over (
            partition by all_found.interaction_id
            order by
                reasons.precedence,
                all_found.rule_kind,
                all_found.rule,
                all_found.evidence_interaction_id
        ) as place
    from all_found
    inner join reasons
        on all_found.zero_because = reasons.zero_because

),

final as (

    select
        interaction_id,
        lead_id,
        zero_because,
        rule_kind,
        rule,
        evidence_interaction_id
    from ranked
    where place = 1

)

select * from final
