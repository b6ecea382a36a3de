-- What a person decided outranks every rule: of an interaction before its lead, of a lead before
-- all leads of a mail domain. Each way reads the interactions by itself: where nobody decided
-- anything, an engine then reads none.
with overrides as (

    select * from {{ ref('traffic_overrides') }}

),

leads as (

    select * from {{ ref('int_leads_enriched') }}
    where valid_to is null

),

of_leads as (

    select
        lead_id,
        override,
        verdict,
        2 as place
    from overrides
    where lead_id is not null
    union all
    select
        leads.lead_id,
        overrides.override,
        overrides.verdict,
        3 as place
    from overrides
    inner join leads
        on overrides.domain = leads.email_domain

),

decided as (

    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        overrides.override,
        overrides.verdict,
        1 as place
    from {{ ref('int_interactions_traced') }} as interactions
    inner join overrides
        on interactions.interaction_id = overrides.interaction_id
    union all
    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        of_leads.override,
        of_leads.verdict,
        of_leads.place
    from {{ ref('int_interactions_traced') }} as interactions
    inner join of_leads
        on interactions.recorded_lead_id = of_leads.lead_id
    union all
    select
        interactions.interaction_id,
        interactions.lead_id,
        interactions.interaction_type,
        of_leads.override,
        of_leads.verdict,
        of_leads.place
    from {{ ref('int_interactions_traced') }} as interactions
    inner join of_leads
        on interactions.lead_id = of_leads.lead_id
    where
        interactions.recorded_lead_id is null
        or interactions.recorded_lead_id <> interactions.lead_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by interaction_id
            order by place, override
        ) as place_of_all
    from decided

),

final as (

    select
        interaction_id,
        lead_id,
        interaction_type,
        override,
        verdict
    from ranked
    where place_of_all = 1

)

select * from final
