with contacted as (

    select * from {{ ref('int_leads_contacted') }}

),

scores as (

    select * from {{ ref('int_scores_stored') }}

),

thresholds as (

    select * from {{ ref('mql_thresholds') }}

),

confirmations as (

    select * from {{ ref('int_confirmations_dated') }}

),

last_steps as (

    select
        actions.action,
        max(steps.step_number) as step_count
    from {{ ref('queue_actions') }} as actions
    inner join {{ ref('cadence_steps') }} as steps
        on actions.cadence = steps.cadence
    group by actions.action

),

permissions as (

    select * from {{ ref('int_contacts_permitted') }}
    where
        ground is not null
        and has_address
        and purpose in ('answering', 'prospecting')

),

confirmations_ranked as (

    select
        *,
        row_number() over (partition by lead_id order by answered_at desc) as place
    from confirmations

),

confirmed_now as (

    select * from confirmations_ranked
    where place = 1

),

with_steps as (

    select
        contacted.*,
        scores.temperature,
        coalesce(scores.is_worth_enriching or scores.is_mql_blocked_by_unknown, false)
        and scores.intent_score >= thresholds.min_intent_score as is_enrichment_due,
        coalesce(last_steps.step_count, 0) as step_count,
        contacted.touch_count >= coalesce(last_steps.step_count, 0) as is_cadence_over
    from contacted
    inner join scores
        on contacted.lead_id = scores.lead_id
    left join thresholds
        on scores.profile = thresholds.profile
    left join last_steps
        on last_steps.action = 'call'

),

-- A request comes first, in whatever stage; then the stage says what is next.
reasoned as (

    select
        *,
        case
            when requested_at is not null and not is_reached and touch_count = 0
                then 'request_waits'
            when requested_at is not null and not is_reached and not is_cadence_over
                then 'request_unreached'
            when stage = 'mql' and is_reached then 'mql_reached'
            when stage = 'mql' and touch_count = 0 then 'mql_waits'
            when stage = 'mql' and not is_cadence_over then 'mql_unreached'
            when stage = 'mql' then 'cadence_exhausted'
            when stage = 'sal' and meeting_at is not null then 'meeting_ahead'
            when stage = 'sal' then 'not_validated'
            when stage = 'sql' then 'without_opportunity'
            when stage = 'nurture' then 'nurtured'
            when stage = 'lead' and is_enrichment_due then 'worth_enriching'
        end as reason
    from with_steps

),

decided as (

    select
        *,
        case
            when reason in ('request_waits', 'request_unreached', 'mql_waits', 'mql_unreached')
                then 'call'
            when reason in ('mql_reached', 'meeting_ahead', 'not_validated') then 'validate'
            when reason = 'without_opportunity' then 'open_opportunity'
            when reason = 'cadence_exhausted' then 'recycle'
            when reason = 'worth_enriching' then 'enrich'
            when reason = 'nurtured' then 'nurture'
        end as action
    from reasoned

),

-- No lawful ground, no contact. Whoever asked may be answered, and worked on from there; nobody is
-- sent what they never asked for on the ground of a request.
channels_permitted as (

    select
        decided.lead_id,
        permissions.channel,
        min(permissions.purpose) as purpose
    from decided
    inner join permissions
        on decided.lead_id = permissions.lead_id
    where decided.action <> 'nurture' or permissions.purpose = 'prospecting'
    group by decided.lead_id, permissions.channel

),

channels as (

    select
        lead_id,
        max(case when channel = 'phone' then 1 else 0 end) as is_phone_permitted,
        max(case when channel = 'email' then 1 else 0 end) as is_email_permitted,
        max(case when channel = 'phone' then purpose end) as phone_purpose,
        max(case when channel = 'email' then purpose end) as email_purpose,
        max(channel) as any_channel
    from channels_permitted
    group by lead_id

),

final as (

    select
        decided.lead_id,
        decided.action,
        decided.reason,
        decided.stage,
        decided.stage_entered_at,
        decided.requested_at,
        decided.begun_at,
        decided.touch_count,
        decided.last_touched_at,
        decided.step_count,
        decided.meeting_at,
        decided.exhausted_at,
        channels.is_phone_permitted = 1 as is_phone_permitted,
        channels.is_email_permitted = 1 as is_email_permitted,
        channels.any_channel,
        channels.phone_purpose,
        channels.email_purpose,
        coalesce(confirmed_now.need = 'confirmed', false) as is_need_confirmed,
        coalesce(confirmed_now.priority = 'confirmed', false) as is_priority_confirmed,
        coalesce(confirmed_now.budget = 'confirmed', false) as is_budget_confirmed,
        coalesce(confirmed_now.authority = 'confirmed', false) as is_authority_confirmed
    from decided
    inner join channels
        on decided.lead_id = channels.lead_id
    left join confirmed_now
        on decided.lead_id = confirmed_now.lead_id
    where decided.action is not null

)

select * from final
