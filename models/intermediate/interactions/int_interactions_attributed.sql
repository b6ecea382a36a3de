{{ config(materialized='view') }}

with interactions as (

    select * from {{ ref('int_interactions_resolved') }}

),

final as (

    select
        *,
        lead_id as recorded_lead_id,
        occurred_at as counts_from
    from interactions
    where lead_id is not null

)

select * from final
