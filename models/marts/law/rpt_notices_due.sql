with clocks as (

    select * from {{ ref('int_retention_clocks_dated') }}
    where notice_due_at is not null

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

final as (

    select
        clocks.lead_id,
        clocks.source,
        clocks.collected_at,
        clocks.notice_due_at,
        clocks.notice_given_at,
        case
            when
                clocks.notice_given_at <= refresh_context.as_of
                and clocks.notice_given_at <= clocks.notice_due_at
                then 'given'
            when clocks.notice_given_at <= refresh_context.as_of then 'given_late'
            when clocks.is_notice_overdue then 'overdue'
            else 'due'
        end as notice_status,
        {{ days_between('refresh_context.as_of', 'clocks.notice_due_at') }} as days_left,
        refresh_context.as_of
    from clocks
    cross join refresh_context

)

select * from final
