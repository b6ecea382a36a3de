with clocks as (

    select * from {{ ref('int_retention_clocks_dated') }}

),

outdated as (

    select * from {{ ref('int_interactions_outdated') }}
    where lead_id is not null

),

policies as (

    select * from {{ ref('retention_policies') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- Of an interaction delivered twice both records go; it is one.
outdated_by_lead as (

    select
        lead_id,
        count(distinct interaction_id) as interaction_count
    from outdated
    group by lead_id

),

final as (

    select
        clocks.lead_id,
        clocks.is_due,
        clocks.due_at,
        {{ days_between('refresh_context.as_of', 'clocks.due_at') }} as days_left,
        clocks.collected_at,
        clocks.clock_started_at,
        clocks.started_by,
        clocks.is_customer,
        clocks.country_code,
        cast(clocks.retention_days as bigint) as retention_days,
        policies.source as policy_source,
        policies.confirmation,
        coalesce(outdated_by_lead.interaction_count, 0) as due_interaction_count,
        refresh_context.as_of
    from clocks
    left join outdated_by_lead
        on clocks.lead_id = outdated_by_lead.lead_id
    left join policies
        on clocks.policy_country = policies.country_code
    cross join refresh_context

)

select * from final
