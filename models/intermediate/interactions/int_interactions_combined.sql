-- A table, since whoever resolves interactions would otherwise read all records with all their
-- columns once more to find these few.
with repeated as (

    select * from {{ ref('int_interactions_repeated') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

repeated_by_then as (

    select
        repeated.interaction_id,
        refresh_context.known_by
    from repeated
    cross join refresh_context

),

-- The instant comes with the few, so that they are looked up before anything else is asked of the
-- many.
of_several_records as (

    select interaction_records.*
    from {{ ref('stg_files__interactions') }} as interaction_records
    inner join repeated_by_then
        on
            interaction_records.interaction_id = repeated_by_then.interaction_id
            and interaction_records.known_at <= repeated_by_then.known_by

),

-- The same interaction delivered twice is one; what a later record names replaces the earlier.
carried_forward as (

    select
        interaction_id,
        known_at,
        min(known_at) over of_interaction as first_known_at,
        min(case when is_known_at_assumed then known_at end) over of_interaction
            as first_assumed_at,
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
            partition by interaction_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from of_several_records
    window
        of_interaction as (partition by interaction_id),
        records_so_far as (
            partition by interaction_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

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
        coalesce(first_assumed_at = first_known_at, false) as is_first_known_at_assumed
    from carried_forward
    where place_from_last = 1

)

select * from final
