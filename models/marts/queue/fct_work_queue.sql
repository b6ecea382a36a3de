with ranked as (

    select * from {{ ref('int_queue_leads_ranked') }}

),

decided as (

    select * from {{ ref('int_queue_actions_decided') }}

),

owned as (

    select * from {{ ref('int_queue_leads_owned') }}

),

released as (

    select * from {{ ref('int_queue_leads_released') }}

),

reassigned as (

    select * from {{ ref('int_queue_leads_reassigned') }}

),

scheduled as (

    select * from {{ ref('int_queue_steps_scheduled') }}

),

reasons as (

    select * from {{ ref('int_queue_reasons_worded') }}

),

scores as (

    select * from {{ ref('int_scores_stored') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

put_together as (

    select
        ranked.*,
        decided.stage,
        decided.touch_count,
        decided.meeting_at,
        owned.owner_id,
        owned.owner_told_by,
        released.problem as owner_problem,
        reassigned.proposed_owner_id,
        released.lead_id is not null as is_to_be_reassigned,
        scheduled.calendar,
        scheduled.step_number,
        scheduled.step_en,
        scheduled.step_fr,
        scheduled.due_at,
        -- What is not planned for later is due.
        coalesce(scheduled.due_at <= refresh_context.as_of, ranked.action <> 'nurture')
            as is_due,
        case
            when scheduled.step_channel = 'phone' and decided.is_phone_permitted then 'phone'
            when scheduled.step_channel = 'email' and decided.is_email_permitted then 'email'
            when decided.is_phone_permitted then 'phone'
            else decided.any_channel
        end as channel,
        scores.grade,
        reasons.reason_en,
        reasons.reason_fr,
        refresh_context.as_of,
        refresh_context.rules_digest
    from ranked
    cross join refresh_context
    inner join decided
        on ranked.lead_id = decided.lead_id
    inner join owned
        on ranked.lead_id = owned.lead_id
    inner join scheduled
        on ranked.lead_id = scheduled.lead_id
    inner join reasons
        on ranked.lead_id = reasons.lead_id
    inner join scores
        on ranked.lead_id = scores.lead_id
    left join released
        on ranked.lead_id = released.lead_id
    left join reassigned
        on ranked.lead_id = reassigned.lead_id

),

final as (

    select
        cast(row_number() over (order by is_due desc, work_order asc) as bigint)
            as queue_position,
        lead_id,
        stage,
        temperature,
        cast(priority as bigint) as priority,
        grade,
        case when is_to_be_reassigned then 'reassign' else action end as next_action,
        action as contact_action,
        channel,
        is_by_sales,
        is_due,
        due_at,
        cast(step_number as bigint) as cadence_step,
        step_en as cadence_step_en,
        step_fr as cadence_step_fr,
        touch_count,
        meeting_at,
        sla_clock,
        sla_urgency,
        sla_started_at,
        sla_due_at,
        cast(floor(minutes_left) as bigint) as minutes_left,
        is_sla_breached,
        owner_id,
        owner_told_by,
        owner_problem,
        proposed_owner_id,
        is_to_be_reassigned and proposed_owner_id is null as is_overflow,
        calendar,
        reason_en,
        reason_fr,
        as_of,
        rules_digest
    from put_together

)

select * from final
