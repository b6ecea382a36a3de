with criteria as (

    select * from {{ ref('fct_lead_criteria') }}
    where is_framework_in_use and dimension is not null

),

briefs as (

    select * from {{ ref('rpt_discovery_briefs') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

handover_rules as (

    select * from {{ ref('handover_rules') }}

),

sql_position as (

    select position from stages
    where stage = 'sql'

),

summed as (

    select
        lead_id,
        max(case when dimension = 'need' then status end) as need_status,
        max(case when dimension = 'priority' then status end) as priority_status,
        max(case when dimension = 'budget' then status end) as budget_status,
        max(case when dimension = 'authority' then status end) as authority_status,
        count(case when is_confirmed then 1 end) as confirmed_count,
        count(case when status = 'unproven' then 1 end) as unproven_count,
        count(case when status = 'denied' then 1 end) as denied_count,
        count(case when is_confirmed and is_own then 1 end) as own_confirmed_count,
        count(*) as dimension_count,
        max(answered_at) as last_answered_at
    from criteria
    group by lead_id

),

judged as (

    select
        summed.*,
        briefs.rules_stage,
        briefs.crm_stage,
        coalesce(crm_stages.position >= sql_position.position, false) as is_sql_in_crm,
        case
            when
                summed.confirmed_count = summed.dimension_count
                and summed.own_confirmed_count = 0
                then 'only_by_colleagues'
            when
                summed.confirmed_count + summed.unproven_count = summed.dimension_count
                and summed.unproven_count > 0
                then 'proof_missing'
            when
                summed.denied_count = 0
                and summed.confirmed_count >= handover_rules.sql_candidate_min_confirmed
                then 'nearly_confirmed'
            when crm_stages.position >= sql_position.position then 'sql_in_crm'
        end as candidate_because
    from summed
    inner join briefs
        on summed.lead_id = briefs.lead_id
    left join stages as rules_stages
        on briefs.rules_stage = rules_stages.stage
    left join stages as crm_stages
        on briefs.crm_stage = crm_stages.stage
    cross join sql_position
    cross join handover_rules
    where coalesce(rules_stages.position, 0) < sql_position.position

),

final as (

    select
        judged.lead_id,
        briefs.account_id,
        briefs.owner_id,
        judged.candidate_because,
        judged.rules_stage,
        judged.crm_stage,
        judged.is_sql_in_crm,
        briefs.profile,
        briefs.grade,
        briefs.temperature,
        briefs.priority,
        judged.need_status,
        judged.priority_status,
        judged.budget_status,
        judged.authority_status,
        cast(judged.confirmed_count as bigint) as confirmed_count,
        cast(judged.unproven_count as bigint) as unproven_count,
        cast(judged.denied_count as bigint) as denied_count,
        judged.last_answered_at,
        briefs.missing_en,
        briefs.missing_fr,
        briefs.next_question_en,
        briefs.next_question_fr,
        briefs.next_why_en,
        briefs.next_why_fr
    from judged
    inner join briefs
        on judged.lead_id = briefs.lead_id
    where judged.candidate_because is not null

)

select * from final
