-- A record without a segment is a row of its own: each dimension holds what the total holds.
with counted as (

    select
        'rpt_sla_attainment' as report,
        dimension,
        sum(clock_count) as record_count
    from {{ ref('rpt_sla_attainment') }}
    group by dimension
    union all
    select
        'rpt_response_times' as report,
        dimension,
        sum(clock_count) as record_count
    from {{ ref('rpt_response_times') }}
    group by dimension
    union all
    select
        'rpt_handover' as report,
        dimension,
        sum(handover_count) as record_count
    from {{ ref('rpt_handover') }}
    group by dimension
    union all
    select
        'rpt_meetings' as report,
        dimension,
        sum(booked_count) as record_count
    from {{ ref('rpt_meetings') }}
    group by dimension
    union all
    select
        'rpt_deals' as report,
        dimension,
        sum(deal_count) as record_count
    from {{ ref('rpt_deals') }}
    group by dimension
    union all
    select
        'rpt_sales_cycles' as report,
        dimension,
        sum(deal_count) as record_count
    from {{ ref('rpt_sales_cycles') }}
    group by dimension

),

-- Counted once more where the records are.
recorded as (

    select
        'rpt_sla_attainment' as report,
        count(*) as record_count
    from {{ ref('fct_sla_clocks') }}
    union all
    select
        'rpt_response_times' as report,
        2 * count(case when clock = 'first_touch' then 1 end) as record_count
    from {{ ref('fct_sla_clocks') }}
    union all
    select
        'rpt_handover' as report,
        count(*) as record_count
    from {{ ref('fct_handovers') }}
    union all
    select
        'rpt_meetings' as report,
        count(*) as record_count
    from {{ ref('fct_meetings') }}
    union all
    select
        'rpt_deals' as report,
        2 * count(*) as record_count
    from {{ ref('fct_opportunities') }}
    union all
    select
        'rpt_sales_cycles' as report,
        count(case when status <> 'open' then 1 end) as record_count
    from {{ ref('fct_opportunities') }}

)

select
    counted.report,
    counted.dimension,
    counted.record_count,
    recorded.record_count as expected_count
from counted
inner join recorded
    on counted.report = recorded.report
where counted.record_count <> recorded.record_count
