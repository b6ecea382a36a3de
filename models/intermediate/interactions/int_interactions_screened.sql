{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched_leads',
    tags=['all_interactions']
) }}
-- depends_on: {{ ref('int_leads_touched') }}

with suspected as (

    select * from {{ ref('int_interactions_suspected') }}

),

overridden as (

    select * from {{ ref('int_interactions_overridden') }}

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
        interaction_type,
        'by_hand' as zero_because,
        'override' as rule_kind,
        override as rule,
        cast(null as varchar) as evidence_interaction_id
    from overridden
    where verdict = 'machine'

),

found_once as (

    select distinct
        interaction_id,
        lead_id,
        interaction_type
    from found

),

found_counted as (

    select
        lead_id,
        count(*) as machine_count
    from found_once
    group by lead_id

),

found_counted_by_type as (

    select
        lead_id,
        interaction_type,
        count(*) as machine_count
    from found_once
    group by lead_id, interaction_type

),

-- Whether a person stands behind what was opened shows in what else the lead ever did. What
-- machines did is taken off the counts, so that nobody looks for it among all interactions.
leads_counted as (

    select
        lead_id,
        count(*) as interaction_count
    from {{ ref('int_interactions_traced') }}
    group by lead_id

),

openings_counted as (

    select
        lead_id,
        interaction_type,
        count(*) as interaction_count
    from {{ ref('int_interactions_traced') }}
    where interaction_type in (select openings.interaction_type from openings)
    group by lead_id, interaction_type

),

unattended as (

    select
        openings_counted.lead_id,
        openings_counted.interaction_type,
        openings.opening,
        openings.zero_because
    from openings_counted
    inner join openings
        on openings_counted.interaction_type = openings.interaction_type
    inner join leads_counted
        on openings_counted.lead_id = leads_counted.lead_id
    left join found_counted
        on openings_counted.lead_id = found_counted.lead_id
    left join found_counted_by_type
        on
            openings_counted.lead_id = found_counted_by_type.lead_id
            and openings_counted.interaction_type = found_counted_by_type.interaction_type
    where
        openings_counted.interaction_count >= openings.min_count
        and leads_counted.interaction_count - coalesce(found_counted.machine_count, 0)
        = openings_counted.interaction_count
        - coalesce(found_counted_by_type.machine_count, 0)

),

opened_by_nobody as (

    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        unattended.zero_because,
        'opening' as rule_kind,
        unattended.opening as rule,
        cast(null as varchar) as evidence_interaction_id
    from {{ ref('int_interactions_traced') }} as interactions
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
        tracked.interaction_type,
        'no_tracking_consent' as zero_because,
        'tracking' as rule_kind,
        refusals.policy as rule,
        cast(null as varchar) as evidence_interaction_id
    from {{ ref('int_interactions_traced') }} as tracked
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
