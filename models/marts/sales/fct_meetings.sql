with activities as (

    select * from {{ ref('int_sales_activities_resolved') }}
    where meeting_status is not null or lower(trim(activity_type)) = 'meeting'

),

users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

responses as (

    select * from {{ ref('int_sla_clocks_timed') }}
    where clock = 'first_touch'

),

response_buckets as (

    select
        response_bucket,
        from_minutes,
        lead(from_minutes) over (order by from_minutes) as below_minutes
    from {{ ref('response_buckets') }}
    where from_minutes is not null

),

confirmations as (

    select * from {{ ref('int_confirmations_dated') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- What is to come has no outcome yet, whatever a later export says of it. A time alone does not say
-- that anybody came.
meetings as (

    select
        activities.sales_activity_id as meeting_id,
        activities.lead_id,
        activities.opportunity_id,
        activities.sales_user_id as owner_id,
        users.team,
        coalesce(activities.created_at, activities.occurred_at, activities.scheduled_for)
            as booked_at,
        activities.scheduled_for,
        coalesce(activities.occurred_at, activities.scheduled_for) as takes_place_at,
        case
            when activities.meeting_status = 'cancelled' then 'cancelled'
            when
                coalesce(activities.occurred_at, activities.scheduled_for)
                > refresh_context.as_of
                then 'upcoming'
            when activities.meeting_status in ('held', 'no_show')
                then activities.meeting_status
            else 'unrecorded'
        end as status
    from activities
    cross join refresh_context
    left join users
        on activities.sales_user_id = users.sales_user_id

),

needs_confirmed as (

    select
        lead_id,
        min(answered_at) as need_confirmed_at
    from confirmations
    where need = 'confirmed'
    group by lead_id

),

-- The last meeting held before need was confirmed led to it.
meetings_ranked as (

    select
        meetings.meeting_id,
        needs_confirmed.need_confirmed_at,
        row_number() over (
            partition by meetings.lead_id
            order by meetings.takes_place_at desc, meetings.meeting_id desc
        ) as place
    from meetings
    inner join needs_confirmed
        on
            meetings.lead_id = needs_confirmed.lead_id
            and meetings.takes_place_at <= needs_confirmed.need_confirmed_at
    where meetings.status = 'held'

),

-- The request or MQL that waited last before the meeting was booked, and how long it had waited.
responses_ranked as (

    select
        meetings.meeting_id,
        case
            when responses.done_at is not null
                then {{ days_between('responses.started_at', 'responses.done_at') }} * 1440
        end as response_minutes,
        row_number() over (
            partition by meetings.meeting_id
            order by responses.crossed_at desc, responses.started_by asc
        ) as place
    from meetings
    inner join responses
        on
            meetings.lead_id = responses.lead_id
            and meetings.booked_at >= responses.crossed_at

),

responded as (

    select
        meeting_id,
        cast(case when response_minutes < 0 then 0 else response_minutes end as double)
            as response_minutes
    from responses_ranked
    where place = 1

),

final as (

    select
        meetings.meeting_id,
        meetings.lead_id,
        meetings.opportunity_id,
        meetings.owner_id,
        meetings.team,
        meetings.booked_at,
        meetings.scheduled_for,
        case when meetings.status = 'held' then meetings.takes_place_at end as held_at,
        meetings.status,
        meetings_ranked.need_confirmed_at,
        meetings_ranked.meeting_id is not null as is_useful,
        responded.response_minutes,
        case
            when responded.meeting_id is null then 'not_awaited'
            when responded.response_minutes is null then 'never'
            else response_buckets.response_bucket
        end as response_bucket
    from meetings
    left join meetings_ranked
        on
            meetings.meeting_id = meetings_ranked.meeting_id
            and meetings_ranked.place = 1
    left join responded
        on meetings.meeting_id = responded.meeting_id
    left join response_buckets
        on
            responded.response_minutes >= response_buckets.from_minutes
            and (
                response_buckets.below_minutes is null
                or responded.response_minutes < response_buckets.below_minutes
            )

)

select * from final
