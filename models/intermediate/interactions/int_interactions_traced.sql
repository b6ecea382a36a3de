{{ config(materialized='view', tags=['all_interactions', 'of_each_refresh']) }}

{%- set touched = ref('int_leads_touched') %}

-- Where kept tables are carried on, only leads that something new concerns are looked at.
with attributed as (

    select * from {{ ref('int_interactions_attributed') }}
    {% if not is_full_build() %}
        where lead_id in (select lead_id from {{ touched }})
    {% endif %}

),

final as (

    select
        interaction_id,
        lead_id,
        case when not is_anonymous then coalesce(joined_lead_id, lead_id) end as recorded_lead_id,
        visitor_id,
        lower(trim(interaction_type)) as interaction_type,
        occurred_at,
        asset,
        user_agent
    from attributed

)

select * from final
