with clocks as (

    select * from {{ ref('int_retention_clocks_dated') }}

),

outdated as (

    select * from {{ ref('int_outdated_interactions_counted') }}

),

policies as (

    select * from {{ ref('retention_policies') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

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
        coalesce(outdated.interaction_count, 0) as due_interaction_count,
        refresh_context.as_of
    from clocks
    left join outdated
        on clocks.lead_id = outdated.lead_id
    left join policies
        on clocks.policy_country = policies.country_code
    cross join refresh_context

)

select * from final
