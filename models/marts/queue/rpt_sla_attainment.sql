with clocks as (

    select * from {{ ref('fct_sla_clocks') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

dated as (

    select
        clocks.*,
        cast(
            {{ dbt.date_trunc('month', in_time_zone('clocks.started_at', 'reporting.time_zone')) }}
            as date
        ) as started_month
    from clocks
    cross join reporting

),

counted as (

    select
        started_month,
        clock,
        urgency,
        team,
        count(*) as clock_count,
        count(case when has_deadline_passed then 1 end) as due_count,
        count(case when has_deadline_passed and status = 'met' then 1 end) as met_count,
        count(case when status = 'overdue' then 1 end) as open_breach_count,
        count(case when status = 'dropped' then 1 end) as dropped_count,
        {{ median("case when ended_by <> 'left' then business_minutes end") }}
            as median_business_minutes
    from dated
    group by started_month, clock, urgency, team

),

final as (

    select
        {{ surrogate_key(['started_month', 'clock', 'urgency', 'team']) }}
            as sla_attainment_id,
        started_month,
        clock,
        urgency,
        team,
        cast(clock_count as bigint) as clock_count,
        cast(due_count as bigint) as due_count,
        cast(met_count as bigint) as met_count,
        cast(open_breach_count as bigint) as open_breach_count,
        cast(dropped_count as bigint) as dropped_count,
        cast(met_count as double) / nullif(due_count, 0) as attainment_rate,
        cast(median_business_minutes as double) as median_business_minutes
    from counted

)

select * from final
