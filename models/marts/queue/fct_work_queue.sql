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

permissions as (

    select * from {{ ref('int_contacts_permitted') }}

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
        decided.phone_purpose,
        decided.email_purpose,
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

with_purpose as (

    select
        *,
        case channel when 'phone' then phone_purpose else email_purpose end as purpose,
        row_number() over (order by is_due desc, work_order asc) as queue_position
    from put_together

),

final as (

    select
        cast(with_purpose.queue_position as bigint) as queue_position,
        with_purpose.lead_id,
        with_purpose.stage,
        with_purpose.temperature,
        cast(with_purpose.priority as bigint) as priority,
        with_purpose.grade,
        case when with_purpose.is_to_be_reassigned then 'reassign' else with_purpose.action end
            as next_action,
        with_purpose.action as contact_action,
        with_purpose.channel,
        with_purpose.purpose,
        permissions.ground,
        with_purpose.is_by_sales,
        with_purpose.is_due,
        with_purpose.due_at,
        cast(with_purpose.step_number as bigint) as cadence_step,
        with_purpose.step_en as cadence_step_en,
        with_purpose.step_fr as cadence_step_fr,
        with_purpose.touch_count,
        with_purpose.meeting_at,
        with_purpose.sla_clock,
        with_purpose.sla_urgency,
        with_purpose.sla_started_at,
        with_purpose.sla_due_at,
        cast(floor(with_purpose.minutes_left) as bigint) as minutes_left,
        with_purpose.is_sla_breached,
        with_purpose.owner_id,
        with_purpose.owner_told_by,
        with_purpose.owner_problem,
        with_purpose.proposed_owner_id,
        with_purpose.is_to_be_reassigned and with_purpose.proposed_owner_id is null
            as is_overflow,
        with_purpose.calendar,
        with_purpose.reason_en,
        with_purpose.reason_fr,
        with_purpose.as_of,
        with_purpose.rules_digest
    from with_purpose
    left join permissions
        on
            with_purpose.lead_id = permissions.lead_id
            and with_purpose.channel = permissions.channel
            and with_purpose.purpose = permissions.purpose

)

select * from final
