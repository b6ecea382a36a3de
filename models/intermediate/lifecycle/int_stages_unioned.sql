with crm_stages as (

    select * from {{ ref('int_crm_stages_entered') }}

),

rules_stages as (

    select * from {{ ref('int_rules_stages_entered') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

-- Of stages that a CRM enters at the same instant, the earlier on the main path comes first.
unioned as (

    select
        'crm' as basis,
        crm_stages.lead_id,
        crm_stages.stage,
        crm_stages.entered_at,
        stages.sort_order as order_at_instant,
        cast(null as varchar) as trigger,
        cast(null as varchar) as profile,
        crm_stages.reason,
        crm_stages.evidence,
        crm_stages.evidence_id
    from crm_stages
    inner join stages
        on crm_stages.stage = stages.stage
    union all
    select
        'rules' as basis,
        lead_id,
        stage,
        entered_at,
        step_number as order_at_instant,
        trigger,
        profile,
        reason,
        evidence,
        evidence_id
    from rules_stages

),

in_order as (

    select
        *,
        row_number() over (
            partition by basis, lead_id
            order by entered_at, order_at_instant
        ) as record_number
    from unioned

),

-- That a lead was created after it had a stage is a defect; it takes nothing back.
marked as (

    select
        *,
        evidence = 'lead record' and record_number > 1 as is_late_creation
    from in_order

),

with_previous as (

    select
        *,
        last_value(case when not is_late_creation then stage end ignore nulls) over (
            partition by basis, lead_id order by record_number
            rows between unbounded preceding and 1 preceding
        ) as previous_stage
    from marked

),

-- The stage a lead is in already is no transition.
changes as (

    select
        *,
        row_number() over (partition by basis, lead_id order by record_number) as transition_number
    from with_previous
    where previous_stage is null or previous_stage <> stage

),

final as (

    select
        basis,
        lead_id,
        transition_number,
        previous_stage,
        stage,
        entered_at,
        is_late_creation,
        trigger,
        profile,
        reason,
        evidence,
        evidence_id
    from changes

)

select * from final
