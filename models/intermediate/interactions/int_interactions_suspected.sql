-- What each rule finds by itself; an interaction may be found by several. Each reads the
-- interactions by itself, for an engine that keeps what is read twice would copy all of them.
with user_agents as (

    select * from {{ ref('int_user_agents_recognized') }}

),

leads as (

    select * from {{ ref('int_leads_screened') }}

),

bursts as (

    select * from {{ ref('int_bursts_detected') }}

),

burst_rules as (

    select
        burst,
        marks_all,
        '|' || interaction_types || '|' as interaction_types,
        zero_because
    from {{ ref('traffic_bursts') }}

),

honeypots as (

    select * from {{ ref('int_honeypots_touched') }}

),

found as (

    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        user_agents.zero_because,
        'user agent' as rule_kind,
        user_agents.agent as rule,
        cast(null as varchar) as evidence_interaction_id
    from {{ ref('int_interactions_traced') }} as interactions
    inner join user_agents
        on
            interactions.user_agent = user_agents.user_agent
            and (
                user_agents.interaction_type is null
                or interactions.interaction_type = user_agents.interaction_type
            )
    union all
    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        leads.zero_because,
        'lead' as rule_kind,
        leads.lead_rule as rule,
        cast(null as varchar) as evidence_interaction_id
    from {{ ref('int_interactions_traced') }} as interactions
    inner join leads
        on interactions.recorded_lead_id = leads.lead_id
    union all
    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        leads.zero_because,
        'lead' as rule_kind,
        leads.lead_rule as rule,
        cast(null as varchar) as evidence_interaction_id
    from {{ ref('int_interactions_traced') }} as interactions
    inner join leads
        on interactions.lead_id = leads.lead_id
    where
        interactions.recorded_lead_id is null
        or interactions.recorded_lead_id <> interactions.lead_id
    union all
    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        burst_rules.zero_because,
        'burst' as rule_kind,
        bursts.burst as rule,
        bursts.first_interaction_id as evidence_interaction_id
    from {{ ref('int_interactions_traced') }} as interactions
    inner join bursts
        on
            interactions.lead_id = bursts.lead_id
            and interactions.occurred_at >= bursts.starts_at
            and interactions.occurred_at <= bursts.ends_at
    inner join burst_rules
        on bursts.burst = burst_rules.burst
    where
        burst_rules.marks_all
        or position('|' || interactions.interaction_type || '|' in burst_rules.interaction_types)
        > 0
    union all
    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        honeypots.zero_because,
        'honeypot' as rule_kind,
        honeypots.honeypot as rule,
        honeypots.interaction_id as evidence_interaction_id
    from {{ ref('int_interactions_traced') }} as interactions
    inner join honeypots
        on
            interactions.lead_id = honeypots.lead_id
            and interactions.occurred_at >= honeypots.from_at
            and interactions.occurred_at <= honeypots.until_at
    union all
    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        honeypots.zero_because,
        'honeypot' as rule_kind,
        honeypots.honeypot as rule,
        honeypots.interaction_id as evidence_interaction_id
    from {{ ref('int_interactions_traced') }} as interactions
    inner join honeypots
        on
            interactions.visitor_id = honeypots.visitor_id
            and interactions.occurred_at >= honeypots.from_at
            and interactions.occurred_at <= honeypots.until_at

),

-- A trap may mark an interaction by its lead and by its visitor.
final as (

    select distinct * from found

)

select * from final
