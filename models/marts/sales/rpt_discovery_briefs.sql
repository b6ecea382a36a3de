with criteria as (

    select * from {{ ref('fct_lead_criteria') }}
    where is_framework_in_use

),

completeness as (

    select * from {{ ref('rpt_framework_completeness') }}
    where is_framework_in_use

),

leads as (

    select * from {{ ref('dim_leads') }}

),

scores as (

    select * from {{ ref('fct_lead_scores') }}

),

account_scores as (

    select * from {{ ref('fct_account_scores') }}

),

buying_roles as (

    select * from {{ ref('rpt_buying_groups') }}
    where is_leading_profile and is_required and coverage = 'missing'

),

contactability as (

    select * from {{ ref('fct_contactability') }}
    where purpose in ('answering', 'prospecting')

),

touches as (

    select * from {{ ref('int_sales_touches_dated') }}

),

meetings as (

    select * from {{ ref('int_sales_activities_resolved') }}
    where meeting_status = 'booked'

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

worded as (

    select
        *,
        coalesce(cast(cast(answered_at as date) as varchar), '?') as answered_on,
        case when is_own then '' else ', by a colleague or the account' end as by_whom_en,
        case when is_own then '' else ', par un collègue ou le compte' end as by_whom_fr
    from criteria

),

known as (

    select
        lead_id,
        {{ dbt.listagg(
            "case when is_confirmed then label_en || ': ' || answer || ' (' || evidence || ', '"
            ~ " || answered_on || by_whom_en || ')' end",
            "'; '", 'order by sort_order'
        ) }} as known_en,
        {{ dbt.listagg(
            "case when is_confirmed then label_fr || ' : ' || answer || ' (' || evidence || ', '"
            ~ " || answered_on || by_whom_fr || ')' end",
            "' ; '", 'order by sort_order'
        ) }} as known_fr,
        {{ dbt.listagg(
            "case when is_due and not is_confirmed and status <> 'denied' then label_en end",
            "', '", 'order by sort_order'
        ) }} as missing_en,
        {{ dbt.listagg(
            "case when is_due and not is_confirmed and status <> 'denied' then label_fr end",
            "', '", 'order by sort_order'
        ) }} as missing_fr,
        {{ dbt.listagg(
            "case when status = 'denied' then label_en || ' (' || answered_on || ')' end",
            "', '", 'order by sort_order'
        ) }} as denied_en,
        {{ dbt.listagg(
            "case when status = 'denied' then label_fr || ' (' || answered_on || ')' end",
            "', '", 'order by sort_order'
        ) }} as denied_fr
    from worded
    group by lead_id

),

-- What was said lacks its proof only, so it comes first; then what is open, then what was denied.
questions_in_order as (

    select
        *,
        row_number() over (
            partition by lead_id
            order by
                case when is_due then 1 else 2 end,
                case status when 'unproven' then 1 when 'denied' then 3 else 2 end,
                sort_order
        ) as place
    from worded
    where not is_confirmed

),

next_questions as (

    select
        lead_id,
        criterion as next_criterion,
        label_en as next_label_en,
        label_fr as next_label_fr,
        question_en as next_question_en,
        question_fr as next_question_fr,
        case status
            when 'unproven'
                then
                    'Said to be confirmed on ' || answered_on
                    || ', but without answer, evidence or person. '
            when 'denied' then 'Denied on ' || answered_on || '; does that still hold? '
            when 'unknown' then 'Asked on ' || answered_on || ' without a clear answer. '
            else 'Not asked yet. '
        end || why_en as next_why_en,
        case status
            when 'unproven'
                then
                    'Dit confirmé le ' || answered_on
                    || ', mais sans réponse, preuve ou personne. '
            when 'denied' then 'Infirmé le ' || answered_on || ' ; est-ce toujours le cas ? '
            when 'unknown' then 'Demandé le ' || answered_on || ' sans réponse claire. '
            else 'Pas encore demandé. '
        end || why_fr as next_why_fr
    from questions_in_order
    where place = 1

),

missing_roles as (

    select
        account_id,
        {{ dbt.listagg('label_en', "', '", 'order by sort_order') }} as missing_roles_en,
        {{ dbt.listagg('label_fr', "', '", 'order by sort_order') }} as missing_roles_fr
    from buying_roles
    group by account_id

),

permissions as (

    select
        lead_id,
        max(case when channel = 'phone' and is_contactable then 1 else 0 end) as by_phone,
        max(case when channel = 'email' and is_contactable then 1 else 0 end) as by_email
    from contactability
    group by lead_id

),

last_touches as (

    select
        lead_id,
        max(touched_at) as last_touched_at
    from touches
    group by lead_id

),

next_meetings as (

    select
        meetings.lead_id,
        min(meetings.scheduled_for) as next_meeting_at
    from meetings
    cross join refresh_context
    where meetings.scheduled_for >= refresh_context.as_of
    group by meetings.lead_id

),

in_play as (

    select
        lead_id,
        account_id,
        owner_id,
        in_play_because,
        rules_stage,
        crm_stage,
        profile,
        framework
    from criteria
    group by
        lead_id,
        account_id,
        owner_id,
        in_play_because,
        rules_stage,
        crm_stage,
        profile,
        framework

),

final as (

    select
        in_play.lead_id,
        in_play.account_id,
        leads.company_name,
        leads.job_title,
        leads.language,
        in_play.owner_id,
        in_play.in_play_because,
        in_play.rules_stage,
        in_play.crm_stage,
        in_play.profile,
        scores.grade,
        scores.temperature,
        scores.priority,
        in_play.framework,
        completeness.criteria_count,
        completeness.confirmed_count,
        completeness.completeness_rate,
        completeness.due_count,
        completeness.due_confirmed_count,
        completeness.due_completeness_rate,
        known.known_en,
        known.known_fr,
        known.missing_en,
        known.missing_fr,
        known.denied_en,
        known.denied_fr,
        next_questions.next_criterion,
        next_questions.next_label_en,
        next_questions.next_label_fr,
        next_questions.next_question_en,
        next_questions.next_question_fr,
        next_questions.next_why_en,
        next_questions.next_why_fr,
        scores.reason_en as score_reason_en,
        scores.reason_fr as score_reason_fr,
        missing_roles.missing_roles_en,
        missing_roles.missing_roles_fr,
        account_scores.lead_count as account_lead_count,
        leads.tech_stack,
        leads.strategic_issues,
        last_touches.last_touched_at,
        next_meetings.next_meeting_at,
        coalesce(permissions.by_phone = 1, false) as is_contactable_by_phone,
        coalesce(permissions.by_email = 1, false) as is_contactable_by_email
    from in_play
    inner join leads
        on in_play.lead_id = leads.lead_id
    inner join completeness
        on in_play.lead_id = completeness.lead_id
    inner join known
        on in_play.lead_id = known.lead_id
    left join next_questions
        on in_play.lead_id = next_questions.lead_id
    left join scores
        on in_play.lead_id = scores.lead_id
    left join account_scores
        on in_play.account_id = account_scores.account_id
    left join missing_roles
        on in_play.account_id = missing_roles.account_id
    left join last_touches
        on in_play.lead_id = last_touches.lead_id
    left join next_meetings
        on in_play.lead_id = next_meetings.lead_id
    left join permissions
        on in_play.lead_id = permissions.lead_id

)

select * from final
