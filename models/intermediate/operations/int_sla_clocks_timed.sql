with clocks as (

    select * from {{ ref('int_sla_clocks_stopped') }}

),

owners as (

    select * from {{ ref('int_lead_owners_historized') }}

),

users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

calendars as (

    select * from {{ ref('working_calendars') }}

),

stretches as (

    select * from {{ ref('int_working_stretches_dated') }}

),

stretches_of_work as (

    select * from {{ ref('int_working_stretches_counted') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

ends as (

    select
        clocks.*,
        coalesce(clocks.done_at, clocks.left_at, refresh_context.as_of) as ended_at
    from clocks
    cross join refresh_context

),

-- Whoever had the lead as the clock started, or was given it first while it ran: whose hours they
-- are does not change with a later owner.
owners_ranked as (

    select
        ends.lead_id,
        ends.clock,
        ends.crossed_at,
        owners.owner_id,
        row_number() over (
            partition by ends.lead_id, ends.clock, ends.crossed_at
            order by owners.valid_from asc
        ) as place
    from ends
    inner join owners
        on
            ends.lead_id = owners.lead_id
            and greatest(ends.started_at, ends.ended_at) >= owners.valid_from
            and ends.started_at < {{ open_end('owners.valid_to') }}
    where owners.owner_id is not null

),

owned as (

    select
        ends.*,
        owners_ranked.owner_id,
        users.team,
        coalesce(users.calendar, default_calendars.calendar) as calendar
    from ends
    left join owners_ranked
        on
            ends.lead_id = owners_ranked.lead_id
            and ends.clock = owners_ranked.clock
            and ends.crossed_at = owners_ranked.crossed_at
            and owners_ranked.place = 1
    left join users
        on owners_ranked.owner_id = users.sales_user_id
    left join calendars as default_calendars
        on default_calendars.is_default

),

measured as (

    select
        owned.*,
        {{ worked_at('start_stretches', 'owned.started_at') }} as worked_at_start,
        {{ worked_at('end_stretches', 'owned.ended_at') }} as worked_at_end
    from owned
    left join stretches as start_stretches
        on {{ stretch_at('start_stretches', 'owned.calendar', 'owned.started_at') }}
    left join stretches as end_stretches
        on {{ stretch_at('end_stretches', 'owned.calendar', 'owned.ended_at') }}

),

with_target as (

    select
        *,
        worked_at_start + cast(allowed_minutes as bigint) * 60000000 as worked_when_due
    from measured

),

timed as (

    select
        with_target.*,
        {{ reached_at('due_stretches', 'with_target.worked_when_due') }} as due_at,
        cast(with_target.worked_at_end - with_target.worked_at_start as double) / 60000000
            as business_minutes,
        cast(with_target.worked_when_due - with_target.worked_at_end as double) / 60000000
            as minutes_left
    from with_target
    left join stretches_of_work as due_stretches
        on
            {{ stretch_of_work(
                'due_stretches', 'with_target.calendar', 'with_target.worked_when_due'
            ) }}

),

final as (

    select
        timed.lead_id,
        timed.clock,
        timed.urgency,
        timed.crossed_at,
        timed.started_at,
        timed.started_by,
        timed.evidence_id,
        timed.owner_id,
        timed.team,
        timed.calendar,
        timed.allowed_minutes,
        timed.reassign_after_minutes,
        timed.due_at,
        timed.done_at,
        timed.left_at,
        timed.ended_by,
        case when timed.business_minutes < 0 then 0 else timed.business_minutes end
            as business_minutes,
        case when timed.ended_by is null then timed.minutes_left end as minutes_left,
        case
            when timed.due_at is null then 'unknown'
            when timed.ended_by is null and refresh_context.as_of <= timed.due_at then 'running'
            when timed.ended_by is null then 'overdue'
            when timed.ended_by = 'left' and timed.left_at <= timed.due_at then 'dropped'
            when timed.ended_by = 'left' then 'missed'
            when timed.done_at <= timed.due_at then 'met'
            else 'late'
        end as status
    from timed
    cross join refresh_context

)

select * from final
