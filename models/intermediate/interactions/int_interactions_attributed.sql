{{ config(materialized='view') }}

with interactions as (

    select * from {{ ref('int_interactions_resolved') }}

),

final as (

    select
        interaction_id,
        lead_id,
        lead_id as recorded_lead_id,
        visitor_id,
        account_id,
        interaction_type,
        occurred_at,
        occurred_at as counts_from,
        channel,
        campaign_id,
        asset,
        depth,
        depth_unit,
        user_agent,
        known_at
    from interactions
    where lead_id is not null

)

select * from final
