with handovers as (

    select * from {{ ref('int_handovers_timed') }}

),

clocks as (

    select * from {{ ref('int_sla_clocks_started') }}
    where clock = 'acceptance'

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

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- By the rules a handover starts with the clocks of its service levels, not before readers saw it.
started as (

    select
        handovers.basis,
        handovers.lead_id,
        handovers.transition_number,
        coalesce(clocks.started_at, handovers.qualified_at) as started_at,
        coalesce(handovers.ended_at, refresh_context.as_of) as ended_at,
        handovers.first_touched_at,
        coalesce(handovers.accepted_at, handovers.decided_at) as answered_at,
        case when not handovers.is_acceptance_implied then handovers.accepted_at end
            as accepted_at,
        case
            when not handovers.is_acceptance_implied and handovers.accepted_at is not null
                then handovers.decided_at
        end as decided_at
    from handovers
    cross join refresh_context
    left join clocks
        on
            case when handovers.basis = 'rules' then handovers.lead_id end = clocks.lead_id
            and handovers.transition_number = clocks.transition_number

),

owners_ranked as (

    select
        started.basis,
        started.lead_id,
        started.transition_number,
        owners.owner_id,
        row_number() over (
            partition by started.basis, started.lead_id, started.transition_number
            order by owners.valid_from asc
        ) as place
    from started
    inner join owners
        on
            started.lead_id = owners.lead_id
            and greatest(started.started_at, started.ended_at) >= owners.valid_from
            and started.started_at < {{ open_end('owners.valid_to') }}
    where owners.owner_id is not null

),

final as (

    select
        started.*,
        owners_ranked.owner_id,
        users.team,
        coalesce(users.calendar, default_calendars.calendar) as calendar
    from started
    left join owners_ranked
        on
            started.basis = owners_ranked.basis
            and started.lead_id = owners_ranked.lead_id
            and started.transition_number = owners_ranked.transition_number
            and owners_ranked.place = 1
    left join users
        on owners_ranked.owner_id = users.sales_user_id
    left join calendars as default_calendars
        on default_calendars.is_default

)

select * from final
