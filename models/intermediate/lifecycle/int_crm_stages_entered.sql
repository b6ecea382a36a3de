with leads as (

    select * from {{ ref('int_leads_historized') }}
    where valid_to is null

),

stage_changes as (

    select * from {{ ref('int_lead_stage_changes_resolved') }}

),

deal_stages as (

    select * from {{ ref('int_deal_stages_entered') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

first_stage_changes as (

    select
        lead_id,
        min(changed_at) as changed_at
    from stage_changes
    group by lead_id

),

-- Many a CRM gives stages a date and the lead a time. A stage recorded up to a day before the lead
-- was created was not entered before it: the lead began with it.
leads_created as (

    select
        leads.lead_id,
        'lead' as stage,
        case
            when
                first_stage_changes.changed_at < leads.created_at
                and {{ dbt.dateadd('day', 1, 'first_stage_changes.changed_at') }} > leads.created_at
                then first_stage_changes.changed_at
            else leads.created_at
        end as entered_at,
        cast(null as varchar) as reason,
        'lead record' as evidence,
        cast(null as varchar) as evidence_id
    from leads
    left join first_stage_changes
        on leads.lead_id = first_stage_changes.lead_id
    cross join refresh_context
    where leads.created_at <= refresh_context.as_of

),

stages_recorded as (

    select
        lead_id,
        stage,
        changed_at as entered_at,
        reason,
        'stage change' as evidence,
        cast(null as varchar) as evidence_id
    from stage_changes

),

unioned as (

    select * from leads_created
    union all
    select * from stages_recorded
    union all
    select * from deal_stages

),

-- The same stage at the same instant from two tables is one entry; a recorded one says more.
ranked as (

    select
        *,
        row_number() over (
            partition by lead_id, stage, entered_at
            order by
                case evidence when 'stage change' then 1 else 2 end,
                evidence,
                reason,
                evidence_id
        ) as place
    from unioned

),

final as (

    select
        lead_id,
        stage,
        entered_at,
        reason,
        evidence,
        evidence_id
    from ranked
    where place = 1

)

select * from final
