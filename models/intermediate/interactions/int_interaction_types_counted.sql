-- Counted once for all who tell of types: to resolve every interaction takes longer than to count.
with resolved as (

    select * from {{ ref('int_interactions_resolved') }}

),

interactions as (

    select * from {{ ref('int_interactions_attributed') }}

),

totals as (

    select
        lower(trim(interaction_type)) as interaction_type,
        count(*) as interaction_count,
        min(occurred_at) as first_occurred_at,
        max(occurred_at) as last_occurred_at
    from resolved
    group by lower(trim(interaction_type))

),

-- Only those that somebody did are attributed; what is missing of the totals is anonymous.
attributed as (

    select
        lower(trim(interaction_type)) as interaction_type,
        count(*) as interaction_count,
        count(case when is_lead_known then 1 end) as lead_interaction_count
    from interactions
    group by lower(trim(interaction_type))

),

final as (

    select
        totals.interaction_type,
        totals.interaction_count,
        coalesce(attributed.lead_interaction_count, 0) as lead_interaction_count,
        totals.interaction_count - coalesce(attributed.interaction_count, 0) as anonymous_count,
        coalesce(attributed.interaction_count - attributed.lead_interaction_count, 0)
            as orphan_count,
        totals.first_occurred_at,
        totals.last_occurred_at
    from totals
    left join attributed
        on coalesce(totals.interaction_type, '') = coalesce(attributed.interaction_type, '')

)

select * from final
