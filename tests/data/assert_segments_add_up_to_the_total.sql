-- What a cohort or period counts in the segments of a dimension is what it counts in all.
with counted as (

    select
        'cohort' as kind,
        basis,
        cohort_month as reported_month,
        dimension,
        from_stage,
        to_stage,
        entered_count as first_count,
        converted_count as second_count,
        converted_to_date_count as third_count,
        stepwise_count as fourth_count,
        direct_count as fifth_count
    from {{ ref('rpt_funnel_cohorts') }}
    union all
    select
        'period' as kind,
        basis,
        period_month as reported_month,
        dimension,
        from_stage,
        to_stage,
        from_entry_count as first_count,
        to_entry_count as second_count,
        via_entry_count as third_count,
        direct_entry_count as fourth_count,
        0 as fifth_count
    from {{ ref('rpt_funnel_periods') }}

),

added as (

    select
        kind,
        basis,
        reported_month,
        dimension,
        from_stage,
        to_stage,
        sum(first_count) as first_count,
        sum(second_count) as second_count,
        sum(third_count) as third_count,
        sum(fourth_count) as fourth_count,
        sum(fifth_count) as fifth_count
    from counted
    group by kind, basis, reported_month, dimension, from_stage, to_stage

)

select
    kind,
    basis,
    reported_month,
    from_stage,
    to_stage,
    count(*) as dimension_count
from added
group by kind, basis, reported_month, from_stage, to_stage
having
    count(*) <> (select count(*) from {{ ref('report_dimensions') }})
    or min(first_count) <> max(first_count)
    or min(second_count) <> max(second_count)
    or min(third_count) <> max(third_count)
    or min(fourth_count) <> max(fourth_count)
    or min(fifth_count) <> max(fifth_count)
