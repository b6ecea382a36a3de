with intervals as (

    select * from {{ ref('fct_stage_intervals') }}
    where not is_momentary

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

by_rules as (

    select
        *,
        {{ open_end('left_at') }} as ends_at
    from intervals
    where basis = 'rules'

),

by_crm as (

    select
        *,
        {{ open_end('left_at') }} as ends_at
    from intervals
    where basis = 'crm'

),

-- A CRM that knows no nurture will never say so; such stretches are no dispute.
stages_recorded as (

    select stage
    from by_crm
    group by stage

),

stretches as (

    select
        by_rules.lead_id,
        by_rules.stage as rules_stage,
        by_crm.stage as crm_stage,
        by_rules.passage_number as rules_passage_number,
        by_rules.trigger as rules_trigger,
        by_rules.reason as rules_reason,
        by_crm.reason as crm_reason,
        by_rules.entered_at as rules_entered_at,
        by_crm.entered_at as crm_entered_at,
        greatest(by_rules.entered_at, by_crm.entered_at) as disagreed_from,
        case
            when by_rules.left_at is not null or by_crm.left_at is not null
                then least(by_rules.ends_at, by_crm.ends_at)
        end as disagreed_until,
        case
            when by_rules.left_at is null and by_crm.left_at is null then null
            when by_rules.ends_at = by_crm.ends_at then 'both'
            when by_rules.ends_at < by_crm.ends_at then 'rules'
            else 'crm'
        end as ended_by,
        case
            when by_rules.left_at is null and by_crm.left_at is null then false
            when by_rules.ends_at = by_crm.ends_at
                then by_rules.next_stage = by_crm.next_stage
            when by_rules.ends_at < by_crm.ends_at then by_rules.next_stage = by_crm.stage
            else by_crm.next_stage = by_rules.stage
        end as is_settled
    from by_rules
    inner join by_crm
        on
            by_rules.lead_id = by_crm.lead_id
            and by_rules.entered_at < by_crm.ends_at
            and by_rules.ends_at > by_crm.entered_at
    where by_rules.stage <> by_crm.stage

),

final as (

    select
        {{ surrogate_key(['stretches.lead_id', 'stretches.disagreed_from']) }}
            as stage_disagreement_id,
        stretches.lead_id,
        stretches.rules_stage,
        stretches.crm_stage,
        case
            when rules_stages.position > crm_stages.position then 'rules_ahead'
            when rules_stages.position < crm_stages.position then 'crm_ahead'
            when rules_stages.position is not null then 'set_aside_by_crm'
            when crm_stages.position is not null then 'set_aside_by_rules'
            else 'set_aside_otherwise'
        end as kind,
        stretches.disagreed_from,
        stretches.disagreed_until,
        cast(
            {{ days_between(
                'stretches.disagreed_from',
                'coalesce(stretches.disagreed_until, refresh_context.as_of)'
            ) }} as double
        ) as disagreed_days,
        stretches.disagreed_until is null as is_current,
        stretches.ended_by,
        stretches.is_settled,
        stages_recorded.stage is not null as is_rules_stage_recorded,
        stretches.rules_entered_at,
        stretches.rules_passage_number,
        stretches.rules_trigger,
        stretches.rules_reason,
        stretches.crm_entered_at,
        stretches.crm_reason
    from stretches
    inner join stages as rules_stages
        on stretches.rules_stage = rules_stages.stage
    inner join stages as crm_stages
        on stretches.crm_stage = crm_stages.stage
    left join stages_recorded
        on stretches.rules_stage = stages_recorded.stage
    cross join refresh_context

)

select * from final
