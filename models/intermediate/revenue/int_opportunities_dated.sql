with opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

deal_rules as (

    select * from {{ ref('deal_rules') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- An open deal has no close: the month its source expects one in is where it is counted as open.
dated as (

    select
        opportunities.opportunity_id,
        opportunities.status,
        opportunities.status = 'open'
        and coalesce(
            {{ days_after('opportunities.created_at', 'deal_rules.stale_after_days') }}
            <= refresh_context.as_of, false
        ) as is_stale,
        {{ month_of('opportunities.created_at', 'reporting.time_zone') }} as created_month,
        case
            when opportunities.status = 'open'
                then
                    cast(
                        {{ dbt.date_trunc('month', 'opportunities.expected_close_date') }}
                        as date
                    )
            else {{ month_of('opportunities.closed_at', 'reporting.time_zone') }}
        end as closed_month,
        {{ month_of('refresh_context.as_of', 'reporting.time_zone') }} as as_of_month
    from opportunities
    cross join deal_rules
    cross join reporting
    cross join refresh_context

),

final as (

    select
        opportunity_id,
        'closed' as period_basis,
        closed_month as deal_month,
        is_stale,
        coalesce(closed_month < as_of_month, false) as is_month_over
    from dated
    union all
    select
        opportunity_id,
        'created' as period_basis,
        created_month as deal_month,
        is_stale,
        coalesce(created_month < as_of_month, false) as is_month_over
    from dated

)

select * from final
