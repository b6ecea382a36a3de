with leads as (

    select * from {{ ref('dim_leads') }}

),

scores as (

    select * from {{ ref('fct_lead_scores') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

questions as (

    select * from {{ ref('qualification_questions') }}

),

frameworks as (

    select * from {{ ref('qualification_frameworks') }}

),

profile_frameworks as (

    select * from {{ ref('profile_frameworks') }}

),

answers as (

    select * from {{ ref('int_criteria_answered') }}

),

path as (

    select
        min(position) as first_position,
        max(case when stage = 'sql' then position end) as sql_position
    from stages

),

own_answers as (

    select
        lead_id,
        answered_framework,
        row_number() over (
            partition by lead_id
            order by answered_at desc, qualification_id desc
        ) as place
    from answers
    where is_own

),

placed as (

    select
        leads.lead_id,
        leads.account_id,
        leads.owner_id,
        leads.rules_stage,
        leads.crm_stage,
        coalesce(leads.rules_profile, scores.profile) as profile,
        rules_stages.position as rules_position,
        coalesce(rules_stages.position > path.first_position, false)
            as is_under_way,
        coalesce(crm_stages.position > path.first_position, false)
            as is_under_way_in_crm,
        coalesce(scores.is_hand_raised, false) as is_hand_raised,
        coalesce(
            rules_stages.position = path.first_position or leads.rules_stage = 'nurture', false
        )
        and own_answers.lead_id is not null as is_asked_early,
        own_answers.answered_framework
    from leads
    left join scores
        on leads.lead_id = scores.lead_id
    left join stages as rules_stages
        on leads.rules_stage = rules_stages.stage
    left join stages as crm_stages
        on leads.crm_stage = crm_stages.stage
    left join own_answers
        on
            leads.lead_id = own_answers.lead_id
            and own_answers.place = 1
    cross join path
    -- Who is a customer, or whom sales or the deal put aside for good, is in play no more.
    where
        coalesce(not rules_stages.is_final and not rules_stages.can_reopen, true)
        and coalesce(not crm_stages.is_final and not crm_stages.can_reopen, true)

),

first_framework as (

    select framework
    from frameworks
    order by sort_order
    limit 1

),

in_play as (

    select
        *,
        case
            when is_under_way then 'stage'
            when is_under_way_in_crm then 'crm_stage'
            when is_hand_raised then 'hand_raise'
            when is_asked_early then 'answers'
        end as in_play_because
    from placed
    where is_under_way or is_under_way_in_crm or is_hand_raised or is_asked_early

),

frameworks_chosen as (

    select
        in_play.lead_id,
        coalesce(
            in_play.answered_framework,
            profile_frameworks.framework,
            first_framework.framework
        ) as framework
    from in_play
    left join profile_frameworks
        on in_play.profile = profile_frameworks.profile
    cross join first_framework

),

asked as (

    select
        in_play.*,
        questions.framework,
        lower(questions.framework) = lower(frameworks_chosen.framework) as is_framework_in_use,
        questions.criterion,
        questions.dimension,
        questions.sort_order,
        questions.due_stage,
        questions.label_en,
        questions.label_fr,
        questions.question_en,
        questions.question_fr,
        questions.why_en,
        questions.why_fr,
        due_stages.position
        <= greatest(coalesce(in_play.rules_position, 0) + 1, path.sql_position) as is_due,
        coalesce(answers.status, 'not_asked') as status,
        answers.answer,
        answers.evidence,
        answers.answered_by,
        answers.answered_at,
        answers.is_own,
        answers.asked_lead_id,
        answers.qualification_id
    from in_play
    inner join frameworks_chosen
        on in_play.lead_id = frameworks_chosen.lead_id
    cross join questions
    cross join path
    inner join stages as due_stages
        on questions.due_stage = due_stages.stage
    left join answers
        on
            in_play.lead_id = answers.lead_id
            and questions.framework = answers.framework
            and questions.criterion = answers.criterion

),

final as (

    select
        {{ surrogate_key(['lead_id', 'framework', 'criterion']) }} as lead_criterion_id,
        lead_id,
        account_id,
        owner_id,
        in_play_because,
        rules_stage,
        crm_stage,
        profile,
        framework,
        is_framework_in_use,
        criterion,
        dimension,
        cast(sort_order as bigint) as sort_order,
        due_stage,
        is_due,
        status,
        status = 'confirmed' as is_confirmed,
        answer,
        evidence,
        answered_by,
        answered_at,
        is_own,
        asked_lead_id,
        qualification_id,
        label_en,
        label_fr,
        question_en,
        question_fr,
        why_en,
        why_fr
    from asked

)

select * from final
