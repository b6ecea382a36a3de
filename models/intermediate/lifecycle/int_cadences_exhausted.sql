-- With which touch the last step of the cadence was made, and until when nobody had answered it.
-- Where the cadence began is for the walk to say: it knows when the lead became an MQL.
with touches as (

    select * from {{ ref('int_sales_touches_dated') }}

),

activities as (

    select * from {{ ref('int_sales_activities_resolved') }}
    where lead_id is not null

),

qualifications as (

    select * from {{ ref('int_qualifications_resolved') }}
    where lead_id is not null

),

interactions as (

    select * from {{ ref('int_interactions_weighted') }}
    where is_hand_raise

),

outcomes as (

    select * from {{ ref('contact_outcomes') }}

),

handover_rules as (

    select * from {{ ref('handover_rules') }}

),

last_steps as (

    select max(steps.step_number) as step_count
    from {{ ref('queue_actions') }} as actions
    inner join {{ ref('cadence_steps') }} as steps
        on actions.cadence = steps.cadence
    where actions.action = 'call'

),

touches_numbered as (

    select
        *,
        row_number() over (
            partition by lead_id
            order by touched_at, sales_activity_id
        ) as touch_number
    from touches

),

steps_made as (

    select
        last_touches.lead_id,
        last_touches.sales_activity_id,
        first_touches.touched_at as began_by,
        {{ days_after('last_touches.touched_at', 'handover_rules.answer_wait_days') }}
            as exhausted_at
    from touches_numbered as last_touches
    cross join last_steps
    cross join handover_rules
    inner join touches_numbered as first_touches
        on
            last_touches.lead_id = first_touches.lead_id
            and last_touches.touch_number - last_steps.step_count + 1
            = first_touches.touch_number

),

-- Who was reached, wrote or called back, or answered a question of qualification.
answers as (

    select
        touches.lead_id,
        touches.touched_at as answered_at
    from touches
    left join outcomes
        on lower(trim(touches.outcome)) = outcomes.outcome
    where
        coalesce(outcomes.is_reached, false)
        or lower(trim(touches.activity_type)) = 'meeting'
    union all
    select
        lead_id,
        occurred_at as answered_at
    from activities
    where direction = 'inbound' and not coalesce(is_automatic, false)
    union all
    select
        lead_id,
        answered_at
    from qualifications

),

last_answers as (

    select
        steps_made.lead_id,
        steps_made.sales_activity_id,
        max(answers.answered_at) as answered_at
    from steps_made
    inner join answers
        on
            steps_made.lead_id = answers.lead_id
            and answers.answered_at <= steps_made.exhausted_at
    group by steps_made.lead_id, steps_made.sales_activity_id

),

last_requests as (

    select
        steps_made.lead_id,
        steps_made.sales_activity_id,
        max(interactions.counts_from) as requested_at
    from steps_made
    inner join interactions
        on
            steps_made.lead_id = interactions.lead_id
            and interactions.counts_from <= steps_made.exhausted_at
    group by steps_made.lead_id, steps_made.sales_activity_id

),

-- A request begins the cadence anew, so all steps must have been made since the last one; what was
-- answered before it is past.
final as (

    select
        steps_made.lead_id,
        steps_made.exhausted_at,
        steps_made.began_by,
        case
            when
                last_requests.requested_at is null
                or last_requests.requested_at <= last_answers.answered_at
                then last_answers.answered_at
        end as answered_at,
        steps_made.sales_activity_id
    from steps_made
    left join last_answers
        on
            steps_made.lead_id = last_answers.lead_id
            and steps_made.sales_activity_id = last_answers.sales_activity_id
    left join last_requests
        on
            steps_made.lead_id = last_requests.lead_id
            and steps_made.sales_activity_id = last_requests.sales_activity_id
    where coalesce(last_requests.requested_at <= steps_made.began_by, true)

)

select * from final
