{{ config(materialized='view', tags=['all_interactions']) }}

with interaction_records as (

    select * from {{ ref('stg_files__interactions') }}

),

repeated as (

    select * from {{ ref('int_interactions_repeated') }}

),

combined as (

    select * from {{ ref('int_interactions_combined') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

of_one_record as (

    select interaction_records.*
    from interaction_records
    left join repeated
        on interaction_records.interaction_id = repeated.interaction_id
    where
        repeated.interaction_id is null
        and coalesce(
            interaction_records.known_at
            <= (select refresh_context.known_by from refresh_context),
            false
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
        known_at as first_known_at,
        is_known_at_assumed as is_first_known_at_assumed
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
        first_known_at,
        is_first_known_at_assumed
    from combined

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
        known_at,
        first_known_at,
        is_first_known_at_assumed
    from unioned
    -- Not a plain comparison, of which engines guess that it holds for a handful, and then build
    -- their joins on all the rest.
    where coalesce(occurred_at <= (select refresh_context.as_of from refresh_context), false)

)

select * from final
