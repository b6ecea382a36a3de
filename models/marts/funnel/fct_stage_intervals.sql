with transitions as (

    select * from {{ ref('fct_lifecycle_transitions') }}
    where is_effective

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

intervals as (

    select
        *,
        lead(transitioned_at) over in_order as left_at,
        lead(to_stage) over in_order as next_stage
    from transitions
    window in_order as (partition by basis, lead_id order by transition_number)

),

final as (

    select
        intervals.transition_id as stage_interval_id,
        intervals.basis,
        intervals.lead_id,
        intervals.transition_number,
        intervals.to_stage as stage,
        intervals.passage_number,
        intervals.transitioned_at as entered_at,
        intervals.left_at,
        intervals.next_stage,
        intervals.left_at is null as is_current,
        coalesce(intervals.left_at = intervals.transitioned_at, false) as is_momentary,
        cast(
            {{ days_between(
                'intervals.transitioned_at', 'coalesce(intervals.left_at, refresh_context.as_of)'
            ) }} as double
        ) as stayed_days,
        intervals.profile,
        intervals.trigger,
        intervals.reason,
        case when intervals.to_stage = 'nurture' then intervals.timer_ends_at end
            as nurture_until,
        case when intervals.to_stage = 'recycled' then intervals.timer_ends_at end
            as recycle_until
    from intervals
    cross join refresh_context

)

select * from final
