with targets as (

    select * from {{ ref('int_targets_resolved') }}

),

metrics as (

    select * from {{ ref('target_metrics') }}

),

actuals as (

    select * from {{ ref('fct_team_results') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

bases as (

    select distinct basis
    from actuals
    where measure = 'stage_entries'

),

-- A figure of stages has a row on each basis; the others are what they are.
asked as (

    select
        targets.*,
        metrics.measure,
        metrics.stage,
        bases.basis,
        refresh_context.as_of,
        {{ from_time_zone('targets.target_month', 'reporting.time_zone') }} as begins_at,
        {{ from_time_zone(
            dbt.dateadd('month', 1, 'targets.target_month'), 'reporting.time_zone'
        ) }} as ends_at
    from targets
    cross join reporting
    cross join refresh_context
    left join metrics
        on
            {{ named_segment('targets.metric') }} = metrics.metric
            and coalesce(reporting.currency_code = metrics.currency_code, true)
    left join bases
        on metrics.measure = 'stage_entries'

),

-- Nothing counted in a month that has begun is 0, but an amount that is not known is not.
compared as (

    select
        asked.*,
        case
            when asked.begins_at > asked.as_of or asked.measure is null then null
            when actuals.measure is null then 0
            else actuals.actual_value
        end as actual_value,
        coalesce(actuals.unknown_amount_count, 0) as unknown_amount_count
    from asked
    left join actuals
        on
            asked.measure = actuals.measure
            and coalesce(asked.stage, '') = coalesce(actuals.stage, '')
            and coalesce(asked.basis, '') = coalesce(actuals.basis, '')
            and asked.target_month = actuals.actual_month
            and asked.team = actuals.team

),

final as (

    select
        {{ surrogate_key(['target_month', 'team', 'metric', 'basis']) }} as target_report_id,
        target_month,
        'team' as dimension,
        team as segment,
        metric,
        basis,
        cast(actual_value as double) as actual_value,
        target_value,
        cast(actual_value as double) / nullif(target_value, 0) as attainment_rate,
        cast(unknown_amount_count as bigint) as unknown_amount_count,
        measure is not null as is_metric_known,
        as_of >= ends_at as is_mature
    from compared

)

select * from final
