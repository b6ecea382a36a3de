with clocks as (

    select * from {{ ref('int_sla_clocks_timed') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

final as (

    select
        {{ surrogate_key(['clocks.lead_id', 'clocks.clock', 'clocks.crossed_at']) }}
            as sla_clock_id,
        clocks.lead_id,
        clocks.clock,
        clocks.urgency,
        clocks.started_by,
        clocks.evidence_id,
        clocks.crossed_at,
        clocks.started_at,
        cast(clocks.allowed_minutes as bigint) as allowed_business_minutes,
        clocks.due_at,
        clocks.done_at,
        clocks.left_at,
        clocks.ended_by,
        clocks.status,
        clocks.status in ('overdue', 'late', 'missed') as is_breached,
        coalesce(
            clocks.due_at <= refresh_context.as_of
            and clocks.status not in ('dropped', 'running'), false
        ) as has_deadline_passed,
        clocks.business_minutes,
        cast(
            greatest(
                {{ dbt.datediff(
                    'clocks.started_at',
                    'coalesce(clocks.done_at, clocks.left_at, refresh_context.as_of)',
                    'second'
                ) }}, 0
            ) as double
        ) / 60 as elapsed_minutes,
        clocks.minutes_left,
        clocks.owner_id,
        clocks.team,
        clocks.calendar
    from clocks
    cross join refresh_context

)

select * from final
