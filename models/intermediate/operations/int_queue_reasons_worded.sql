with decided as (

    select * from {{ ref('int_queue_actions_decided') }}

),

released as (

    select * from {{ ref('int_queue_leads_released') }}

),

reassigned as (

    select * from {{ ref('int_queue_leads_reassigned') }}

),

reasons as (

    select * from {{ ref('queue_reasons') }}

),

timers as (

    select
        stage,
        max(after_days) as after_days
    from {{ ref('lifecycle_timers') }}
    group by stage

),

words as (

    select
        max(case when reason = 'need' then text_en end) as need_en,
        max(case when reason = 'priority' then text_en end) as priority_en,
        max(case when reason = 'budget' then text_en end) as budget_en,
        max(case when reason = 'authority' then text_en end) as authority_en,
        max(case when reason = 'need' then text_fr end) as need_fr,
        max(case when reason = 'priority' then text_fr end) as priority_fr,
        max(case when reason = 'budget' then text_fr end) as budget_fr,
        max(case when reason = 'authority' then text_fr end) as authority_fr,
        max(case when reason = 'no_place_left' then text_en end) as no_place_en,
        max(case when reason = 'no_place_left' then text_fr end) as no_place_fr
    from reasons

),

put_together as (

    select
        decided.lead_id,
        reasons.text_en,
        reasons.text_fr,
        owner_reasons.text_en as owner_en,
        owner_reasons.text_fr as owner_fr,
        case
            when released.lead_id is not null and reassigned.lead_id is null
                then words.no_place_en
        end as no_place_en,
        case
            when released.lead_id is not null and reassigned.lead_id is null
                then words.no_place_fr
        end as no_place_fr,
        coalesce(decided.requested_at, decided.stage_entered_at) as since_at,
        case
            when decided.reason = 'meeting_ahead' then decided.meeting_at
            when decided.reason = 'cadence_exhausted' then decided.exhausted_at
            else {{ days_after('decided.stage_entered_at', 'timers.after_days') }}
        end as until_at,
        cast(decided.touch_count as varchar) as step,
        cast(decided.step_count as varchar) as steps,
        concat_ws(
            ', ',
            case when not decided.is_need_confirmed then words.need_en end,
            case when not decided.is_priority_confirmed then words.priority_en end,
            case when not decided.is_budget_confirmed then words.budget_en end,
            case when not decided.is_authority_confirmed then words.authority_en end
        ) as missing_en,
        concat_ws(
            ', ',
            case when not decided.is_need_confirmed then words.need_fr end,
            case when not decided.is_priority_confirmed then words.priority_fr end,
            case when not decided.is_budget_confirmed then words.budget_fr end,
            case when not decided.is_authority_confirmed then words.authority_fr end
        ) as missing_fr
    from decided
    cross join words
    left join reasons
        on decided.reason = reasons.reason
    left join timers
        on decided.stage = timers.stage
    left join released
        on decided.lead_id = released.lead_id
    left join reasons as owner_reasons
        on released.problem = owner_reasons.reason
    left join reassigned
        on decided.lead_id = reassigned.lead_id

),

told as (

    select
        lead_id,
        concat_ws(
            '; ',
            {{ filled('text_en', {
                'since': instant_in_words('since_at', 'en'),
                'until': instant_in_words('until_at', 'en'),
                'step': 'step', 'steps': 'steps', 'missing': 'missing_en',
            }) }},
            owner_en,
            no_place_en
        ) as words_en,
        concat_ws(
            ' ; ',
            {{ filled('text_fr', {
                'since': instant_in_words('since_at', 'fr'),
                'until': instant_in_words('until_at', 'fr'),
                'step': 'step', 'steps': 'steps', 'missing': 'missing_fr',
            }) }},
            owner_fr,
            no_place_fr
        ) as words_fr
    from put_together

),

final as (

    select
        lead_id,
        upper(substring(words_en, 1, 1)) || substring(words_en, 2) || '.' as reason_en,
        upper(substring(words_fr, 1, 1)) || substring(words_fr, 2) || '.' as reason_fr
    from told

)

select * from final
