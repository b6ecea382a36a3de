with counted as (

    select * from {{ ref('int_interaction_types_counted') }}

),

signals as (

    select * from {{ ref('signals') }}

),

negative_steps as (

    select * from {{ ref('negative_steps') }}

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
