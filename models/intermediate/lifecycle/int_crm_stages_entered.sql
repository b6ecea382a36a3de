with leads as (

    select * from {{ ref('int_leads_historized') }}
    where valid_to is null

),

stage_changes as (

    select * from {{ ref('int_lead_stage_changes_resolved') }}

),

-- Deals with customers are expansion: they are no step of the lead's way to its first purchase.
new_deals as (

    select * from {{ ref('int_opportunities_resolved') }}
    where opportunity_type = 'new' and lead_id is not null

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
        'lead record' as evidence
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
        'stage change' as evidence
    from stage_changes

),

deals_opened as (

    select
        lead_id,
        'opportunity' as stage,
        created_at as entered_at,
        cast(null as varchar) as reason,
        'deal opened' as evidence
    from new_deals
    where created_at is not null

),

deals_won as (

    select
        lead_id,
        'customer' as stage,
        closed_at as entered_at,
        cast(null as varchar) as reason,
        'deal won' as evidence
    from new_deals
    where status = 'won' and closed_at is not null

),

-- A lead with another deal still open, or won before, is not lost by losing this one.
deals_lost as (

    select
        lost_deals.lead_id,
        'lost' as stage,
        lost_deals.closed_at as entered_at,
        lost_deals.lost_reason as reason,
        'deal lost' as evidence
    from new_deals as lost_deals
    where
        lost_deals.status = 'lost'
        and lost_deals.closed_at is not null
        and not exists (
            select 1
            from new_deals as other_deals
            where
                other_deals.lead_id = lost_deals.lead_id
                and other_deals.opportunity_id <> lost_deals.opportunity_id
                and (
                    (
                        other_deals.status = 'won'
                        and other_deals.closed_at <= lost_deals.closed_at
                    )
                    or (
                        -- A deal whose opening nobody recorded may have been open all along.
                        coalesce(other_deals.created_at, lost_deals.closed_at)
                        <= lost_deals.closed_at
                        and (
                            other_deals.closed_at is null
                            or other_deals.closed_at > lost_deals.closed_at
                        )
                    )
                )
        )

),

unioned as (

    select * from leads_created
    union all
    select * from stages_recorded
    union all
    select * from deals_opened
    union all
    select * from deals_won
    union all
    select * from deals_lost

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
                reason
        ) as place
    from unioned

),

final as (

    select
        lead_id,
        stage,
        entered_at,
        reason,
        evidence
    from ranked
    where place = 1

)

select * from final
