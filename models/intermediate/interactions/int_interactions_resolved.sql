{{ config(materialized='view', tags=['all_interactions']) }}

with interaction_records as (

    select * from {{ ref('stg_files__interactions') }}

),

repeated as (

    select * from {{ ref('int_interactions_repeated') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select
        interaction_records.*,
        refresh_context.as_of
    from interaction_records
    cross join refresh_context
    where interaction_records.known_at <= refresh_context.known_by

),

of_one_record as (

    select known_records.*
    from known_records
    left join repeated
        on known_records.interaction_id = repeated.interaction_id
    where repeated.interaction_id is null

),

-- The same interaction delivered twice is one; what a later record names replaces the earlier.
carried_forward as (

    select
        known_records.interaction_id,
        known_records.as_of,
        known_records.known_at,
        {{ latest_mapped('lead_id', 'records_so_far') }} as lead_id,
        {{ latest_mapped('visitor_id', 'records_so_far') }} as visitor_id,
        {{ latest_mapped('account_id', 'records_so_far') }} as account_id,
        {{ latest_mapped('interaction_type', 'records_so_far') }} as interaction_type,
        {{ latest_mapped('occurred_at', 'records_so_far') }} as occurred_at,
        {{ latest_mapped('channel', 'records_so_far') }} as channel,
        {{ latest_mapped('campaign_id', 'records_so_far') }} as campaign_id,
        {{ latest_mapped('asset', 'records_so_far') }} as asset,
        {{ latest_mapped('depth', 'records_so_far') }} as depth,
        {{ latest_mapped('depth_unit', 'records_so_far') }} as depth_unit,
        {{ latest_mapped('user_agent', 'records_so_far') }} as user_agent,
        row_number() over (
            partition by known_records.interaction_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    inner join repeated
        on known_records.interaction_id = repeated.interaction_id
    window
        records_so_far as (
            partition by known_records.interaction_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

unioned as (

    select
        interaction_id,
        lead_id,
        visitor_id,
        account_id,
        interaction_type,
        occurred_at,
        channel,
        campaign_id,
        asset,
        depth,
        depth_unit,
        user_agent,
        known_at,
        as_of
    from of_one_record
    union all
    select
        interaction_id,
        lead_id,
        visitor_id,
        account_id,
        interaction_type,
        occurred_at,
        channel,
        campaign_id,
        asset,
        depth,
        depth_unit,
        user_agent,
        known_at,
        as_of
    from carried_forward
    where place_from_last = 1

),

final as (

    select
        interaction_id,
        lead_id,
        visitor_id,
        account_id,
        interaction_type,
        occurred_at,
        channel,
        campaign_id,
        asset,
        depth,
        depth_unit,
        user_agent,
        known_at
    from unioned
    where occurred_at <= as_of

)

select * from final
