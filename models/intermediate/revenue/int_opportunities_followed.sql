with opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}
    where status = 'open' or closed_at is not null

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

-- Whoever does not say when a deal was opened says that it is there: since its close, or now. One
-- closed before it was opened was there when it closed.
opened as (

    select
        opportunities.opportunity_id,
        opportunities.closed_at,
        case
            when opportunities.closed_at < opportunities.created_at
                then opportunities.closed_at
            else
                coalesce(
                    opportunities.created_at, opportunities.closed_at, refresh_context.as_of
                )
        end as opened_at
    from opportunities
    cross join refresh_context

),

first_month as (

    select
        refresh_context.as_of,
        reporting.time_zone,
        {{ month_of('min(opened.opened_at)', 'reporting.time_zone') }} as begins_on,
        {{ month_of('refresh_context.as_of', 'reporting.time_zone') }} as ends_on
    from opened
    cross join refresh_context
    cross join reporting
    group by refresh_context.as_of, reporting.time_zone

),

month_numbers as (

    select
        *,
        {{ numbers_up_to(
            dbt.datediff('begins_on', 'ends_on', 'month') ~ ' + 1'
        ) }} as month_number
    from first_month

),

months as (

    select
        as_of,
        time_zone,
        cast({{ dbt.dateadd('month', 'month_number - 1', 'begins_on') }} as date) as month,
        cast({{ dbt.dateadd('month', 'month_number', 'begins_on') }} as date) as next_month
    from month_numbers

),

bounded as (

    select
        month,
        as_of,
        {{ from_time_zone('cast(month as timestamp)', 'time_zone') }} as begins_at,
        {{ from_time_zone('cast(next_month as timestamp)', 'time_zone') }} as ends_at
    from months

),

-- What was in the pipeline in a month: open at its end, or closed in it.
final as (

    select
        bounded.month as pipeline_month,
        opened.opportunity_id,
        coalesce(opened.closed_at >= bounded.ends_at, true) as is_open,
        coalesce(opened.closed_at >= bounded.ends_at, true)
        and {{ days_after('opened.opened_at', 'deal_rules.stale_after_days') }}
        <= least(bounded.ends_at, bounded.as_of) as is_stale,
        bounded.ends_at <= bounded.as_of as is_month_over
    from opened
    inner join bounded
        on
            opened.opened_at < bounded.ends_at
            and {{ open_end('opened.closed_at') }} >= bounded.begins_at
    cross join deal_rules

)

select * from final
