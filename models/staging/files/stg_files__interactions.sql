{{ config(tags=['all_interactions']) }}

with source as (

    select * from {{ source('files', 'interactions') }}

),

final as (

    select
        cast(interaction_id as varchar) as interaction_id,
        cast(lead_id as varchar) as lead_id,
        cast(visitor_id as varchar) as visitor_id,
        cast(account_id as varchar) as account_id,
        cast(interaction_type as varchar) as interaction_type,
        cast(occurred_at as timestamp) as occurred_at,
        cast(channel as varchar) as channel,
        cast(campaign_id as varchar) as campaign_id,
        cast(asset as varchar) as asset,
        cast(depth as double) as depth,
        cast(depth_unit as varchar) as depth_unit,
        cast(user_agent as varchar) as user_agent,
        known_at,
        is_known_at_assumed,
        mapped_columns,
        input_name,
        file_name,
        file_digest,
        file_line
    from source

)

select * from final
