-- How far sales has come with a lead since its request or its present stage began.
with transitions as (

    select * from {{ ref('int_stages_sequenced') }}
    where basis = 'rules' and is_effective

),

clocks as (

    select * from {{ ref('int_sla_clocks_stopped') }}
    where started_by = 'request'

),

touches as (

    select * from {{ ref('int_sales_touches_dated') }}

),

activities as (

    select * from {{ ref('int_sales_activities_resolved') }}
    where lead_id is not null

),

answers as (

    select * from {{ ref('int_qualifications_resolved') }}
    where lead_id is not null

),

cadences as (

    select * from {{ ref('int_cadences_exhausted') }}

),

outcomes as (

    select * from {{ ref('contact_outcomes') }}

),

scoring as (

    select * from {{ ref('scoring') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

ranked as (

    select
        *,
        row_number() over (partition by lead_id order by transition_number desc) as place
    from transitions

),

stages_now as (

    select * from ranked
    where place = 1

),

-- Who asks again after somebody turned to them waits anew.
requests_ranked as (

    select
        *,
        row_number() over (partition by lead_id order by started_at desc) as place
    from clocks

),

-- A request is over when sales has said what becomes of the lead, or when it is too old.
last_requests as (

    select
        requests_ranked.lead_id,
        requests_ranked.started_at,
        requests_ranked.done_at,
        requests_ranked.left_at is null
        and {{ days_after('requests_ranked.started_at', 'scoring.hand_raise_days') }}
        > refresh_context.as_of as is_open
    from requests_ranked
    cross join scoring
    cross join refresh_context
    where requests_ranked.place = 1

),

-- What sales said of a lead after a request has settled it; an MQL whom somebody had turned to
-- before is contacted anew.
begun as (

    select
        stages_now.lead_id,
        stages_now.to_stage as stage,
        stages_now.transitioned_at as stage_entered_at,
        stages_now.profile,
        case
            when stages_now.to_stage = 'mql'
                then greatest(
                    stages_now.transitioned_at,
                    coalesce(last_requests.started_at, stages_now.transitioned_at)
                )
            else stages_now.transitioned_at
        end as cadence_from,
        case
            when
                last_requests.is_open
                and (
                    last_requests.started_at > stages_now.transitioned_at
                    or not (
                        stages_now.to_stage in ('sal', 'sql', 'opportunity')
                        or stages_now.trigger in (
                            'returned', 'rejected', 'cadence_exhausted', 'deal_won', 'deal_lost'
                        )
                        or (
                            stages_now.to_stage = 'mql'
                            and last_requests.done_at < stages_now.transitioned_at
                        )
                    )
                )
                then last_requests.started_at
        end as requested_at
    from stages_now
    left join last_requests
        on stages_now.lead_id = last_requests.lead_id

),

with_start as (

    select
        *,
        coalesce(requested_at, cadence_from) as begun_at
    from begun

),

touched as (

    select
        with_start.lead_id,
        count(*) as touch_count,
        max(touches.touched_at) as last_touched_at,
        max(
            case
                when
                    coalesce(outcomes.is_reached, false)
                    or lower(trim(touches.activity_type)) = 'meeting'
                    then 1
                else 0
            end
        ) as was_reached
    from with_start
    inner join touches
        on
            with_start.lead_id = touches.lead_id
            and with_start.begun_at <= touches.touched_at
    left join outcomes
        on lower(trim(touches.outcome)) = outcomes.outcome
    group by with_start.lead_id

),

-- Who wrote or called back, or answered a question, was reached.
heard as (

    select
        with_start.lead_id,
        activities.occurred_at as heard_at
    from with_start
    inner join activities
        on
            with_start.lead_id = activities.lead_id
            and with_start.begun_at <= activities.occurred_at
    cross join refresh_context
    where
        activities.direction = 'inbound'
        and not coalesce(activities.is_automatic, false)
        and activities.occurred_at <= refresh_context.as_of
    union all
    select
        with_start.lead_id,
        answers.answered_at as heard_at
    from with_start
    inner join answers
        on
            with_start.lead_id = answers.lead_id
            and with_start.begun_at <= answers.answered_at

),

heard_of as (

    select distinct lead_id from heard

),

cadences_over as (

    select
        with_start.lead_id,
        min(cadences.exhausted_at) as exhausted_at
    from with_start
    inner join cadences
        on
            with_start.lead_id = cadences.lead_id
            and with_start.begun_at <= cadences.began_by
    where with_start.stage = 'mql'
    group by with_start.lead_id

),

meetings_ahead as (

    select
        activities.lead_id,
        min(activities.scheduled_for) as meeting_at
    from activities
    cross join refresh_context
    where
        activities.meeting_status = 'booked'
        and activities.scheduled_for > refresh_context.as_of
    group by activities.lead_id

),

final as (

    select
        with_start.lead_id,
        with_start.stage,
        with_start.stage_entered_at,
        with_start.profile,
        with_start.requested_at,
        with_start.begun_at,
        cast(coalesce(touched.touch_count, 0) as bigint) as touch_count,
        touched.last_touched_at,
        coalesce(touched.was_reached = 1, false) or heard_of.lead_id is not null as is_reached,
        meetings_ahead.meeting_at,
        cadences_over.exhausted_at
    from with_start
    left join touched
        on with_start.lead_id = touched.lead_id
    left join heard_of
        on with_start.lead_id = heard_of.lead_id
    left join meetings_ahead
        on with_start.lead_id = meetings_ahead.lead_id
    left join cadences_over
        on with_start.lead_id = cadences_over.lead_id

)

select * from final
