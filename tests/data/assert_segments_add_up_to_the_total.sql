-- What a report counts in the segments of a dimension is what it counts in all.
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
    union all
    select
        'quality' as kind,
        basis,
        qualified_month as reported_month,
        dimension,
        grade as from_stage,
        '' as to_stage,
        mql_count as first_count,
        sql_count as second_count,
        customer_count as third_count,
        won_count as fourth_count,
        lost_count as fifth_count
    from {{ ref('rpt_qualification_quality') }}
    union all
    select
        'early sorting' as kind,
        basis,
        cohort_month as reported_month,
        dimension,
        '' as from_stage,
        '' as to_stage,
        bad_fit_count as first_count,
        due_count as second_count,
        sorted_early_count as third_count,
        disqualified_count as fourth_count,
        activity_count as fifth_count
    from {{ ref('rpt_early_sorting') }}

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
