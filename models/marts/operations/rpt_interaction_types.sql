with interactions as (

    select * from {{ ref('int_interactions_weighted') }}

),

final as (

    select
        interaction_type,
        kind,
        signal_group,
        cast(count(*) as bigint) as interaction_count,
        cast(count(distinct lead_id) as bigint) as lead_count,
        min(occurred_at) as first_occurred_at,
        max(occurred_at) as last_occurred_at
    from interactions
    group by interaction_type, kind, signal_group

)

select * from final
