{{ config(materialized='view') }}

-- Whoever is at work leaves traces under a lead or, while nobody knows who it is, under a visitor.
with attributed as (

    select * from {{ ref('int_interactions_attributed') }}

),

resolved as (

    select * from {{ ref('int_interactions_resolved') }}

),

identified_later as (

    select interaction_id
    from attributed
    where recorded_lead_id is null

),

unioned as (

    select
        interaction_id,
        lead_id,
        recorded_lead_id,
        visitor_id,
        interaction_type,
        occurred_at,
        asset,
        user_agent
    from attributed
    union all
    select
        resolved.interaction_id,
        resolved.lead_id,
        resolved.lead_id as recorded_lead_id,
        resolved.visitor_id,
        resolved.interaction_type,
        resolved.occurred_at,
        resolved.asset,
        resolved.user_agent
    from resolved
    left join identified_later
        on resolved.interaction_id = identified_later.interaction_id
    where resolved.lead_id is null and identified_later.interaction_id is null

),

final as (

    select
        interaction_id,
        lead_id,
        recorded_lead_id,
        visitor_id,
        coalesce(lead_id, visitor_id) as person_id,
        lead_id is not null as is_lead,
        lower(trim(interaction_type)) as interaction_type,
        occurred_at,
        asset,
        user_agent
    from unioned

)

select * from final
