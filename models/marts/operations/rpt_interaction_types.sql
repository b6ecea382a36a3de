with resolved as (

    select * from {{ ref('int_interactions_resolved') }}

),

interactions as (

    select * from {{ ref('int_interactions_attributed') }}

),

signals as (

    select * from {{ ref('signals') }}

),

negative_steps as (

    select * from {{ ref('negative_steps') }}

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

counted as (

    select
        totals.*,
        coalesce(attributed.lead_interaction_count, 0) as lead_interaction_count,
        totals.interaction_count - coalesce(attributed.interaction_count, 0) as anonymous_count,
        coalesce(attributed.interaction_count - attributed.lead_interaction_count, 0)
            as orphan_count
    from totals
    left join attributed
        on coalesce(totals.interaction_type, '') = coalesce(attributed.interaction_type, '')

),

final as (

    select
        counted.interaction_type,
        case
            when signals.interaction_type is not null then 'signal'
            when negative_steps.interaction_type is not null then 'step'
            else 'no rule'
        end as kind,
        signals.signal_group,
        cast(counted.interaction_count as bigint) as interaction_count,
        cast(counted.lead_interaction_count as bigint) as lead_interaction_count,
        cast(counted.anonymous_count as bigint) as anonymous_count,
        cast(counted.orphan_count as bigint) as orphan_count,
        counted.first_occurred_at,
        counted.last_occurred_at
    from counted
    left join signals
        on counted.interaction_type = signals.interaction_type
    left join negative_steps
        on counted.interaction_type = negative_steps.interaction_type

)

select * from final
