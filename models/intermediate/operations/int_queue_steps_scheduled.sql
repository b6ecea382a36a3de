with decided as (

    select * from {{ ref('int_queue_actions_decided') }}

),

owned as (

    select * from {{ ref('int_queue_leads_owned') }}

),

reassigned as (

    select * from {{ ref('int_queue_leads_reassigned') }}

),

users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

actions as (

    select * from {{ ref('queue_actions') }}

),

steps as (

    select
        *,
        after_business_days - coalesce(
            lag(after_business_days) over (partition by cadence order by step_number),
            after_business_days
        ) as days_after_previous
    from {{ ref('cadence_steps') }}

),

stretches as (

    select * from {{ ref('int_working_stretches_dated') }}

),

work_days as (

    select
        calendar,
        work_day_number,
        min(opens_at) as opens_at
    from {{ ref('int_working_stretches_summed') }}
    group by calendar, work_day_number

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

in_calendars as (

    select
        decided.*,
        actions.cadence,
        actions.after_business_days,
        coalesce(users.calendar, owned.calendar) as calendar
    from decided
    inner join actions
        on decided.action = actions.action
    inner join owned
        on decided.lead_id = owned.lead_id
    left join reassigned
        on decided.lead_id = reassigned.lead_id
    left join users
        on reassigned.proposed_owner_id = users.sales_user_id

),

-- After hours the next working day counts.
numbered as (

    select
        in_calendars.*,
        begin_stretches.work_day_number
        + case when in_calendars.begun_at >= begin_stretches.closes_at then 1 else 0 end
            as begin_day_number,
        touch_stretches.work_day_number
        + case
            when in_calendars.last_touched_at >= touch_stretches.closes_at then 1 else 0
        end as touch_day_number,
        stage_stretches.work_day_number
        + case
            when in_calendars.stage_entered_at >= stage_stretches.closes_at then 1 else 0
        end as stage_day_number
    from in_calendars
    left join stretches as begin_stretches
        on {{ stretch_at('begin_stretches', 'in_calendars.calendar', 'in_calendars.begun_at') }}
    left join stretches as touch_stretches
        on
            {{ stretch_at(
                'touch_stretches', 'in_calendars.calendar', 'in_calendars.last_touched_at'
            ) }}
    left join stretches as stage_stretches
        on
            {{ stretch_at(
                'stage_stretches', 'in_calendars.calendar', 'in_calendars.stage_entered_at'
            ) }}

),

-- A touch made late moves the steps after it.
contact_steps as (

    select
        numbered.lead_id,
        steps.step_number,
        steps.channel,
        steps.label_en,
        steps.label_fr,
        numbered.calendar,
        numbered.begun_at,
        greatest(
            numbered.begin_day_number + steps.after_business_days,
            coalesce(
                numbered.touch_day_number + steps.days_after_previous,
                numbered.begin_day_number
            )
        ) as due_day_number,
        1 as place
    from numbered
    inner join steps
        on
            numbered.cadence = steps.cadence
            and numbered.touch_count + 1 = steps.step_number
    where numbered.action = 'call'

),

-- Marketing keeps to the days: the step of today, or the next.
other_steps as (

    select
        numbered.lead_id,
        steps.step_number,
        steps.channel,
        steps.label_en,
        steps.label_fr,
        numbered.calendar,
        numbered.begun_at,
        numbered.begin_day_number + steps.after_business_days as due_day_number,
        row_number() over (partition by numbered.lead_id order by steps.step_number) as place
    from numbered
    cross join refresh_context
    inner join steps
        on numbered.cadence = steps.cadence
    left join stretches as now_stretches
        on {{ stretch_at('now_stretches', 'numbered.calendar', 'refresh_context.as_of') }}
    where
        numbered.action <> 'call'
        and numbered.begin_day_number + steps.after_business_days
        >= now_stretches.work_day_number
        + case when refresh_context.as_of >= now_stretches.closes_at then 1 else 0 end

),

steps_due as (

    select * from contact_steps
    union all
    select * from other_steps
    where place = 1

),

final as (

    select
        numbered.lead_id,
        numbered.calendar,
        steps_due.step_number,
        steps_due.label_en as step_en,
        steps_due.label_fr as step_fr,
        steps_due.channel as step_channel,
        case
            when numbered.action = 'validate' then numbered.meeting_at
            when numbered.action = 'recycle' then numbered.exhausted_at
            when steps_due.step_number is not null
                then greatest(step_days.opens_at, numbered.begun_at)
            when numbered.after_business_days is not null
                then greatest(action_days.opens_at, numbered.stage_entered_at)
        end as due_at
    from numbered
    left join steps_due
        on numbered.lead_id = steps_due.lead_id
    left join work_days as step_days
        on
            steps_due.calendar = step_days.calendar
            and steps_due.due_day_number = step_days.work_day_number
    left join work_days as action_days
        on
            numbered.calendar = action_days.calendar
            and numbered.stage_day_number + numbered.after_business_days
            = action_days.work_day_number

)

select * from final
