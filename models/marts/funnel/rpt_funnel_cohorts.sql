with conversions as (

    select * from {{ ref('fct_funnel_conversions') }}

),

segments as (

    select
        lead_id as member_key,
        dimension,
        segment
    from {{ ref('int_leads_segmented') }}
    union all
    select
        erased_key as member_key,
        dimension,
        segment
    from {{ ref('int_erased_leads_segmented') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

cohorts as (

    select
        conversions.basis,
        conversions.cohort_month,
        segments.dimension,
        segments.segment,
        conversions.from_stage,
        conversions.to_stage,
        conversions.window_days,
        count(*) as entered_count,
        count(case when conversions.is_converted_in_window then 1 end) as converted_count,
        count(case when conversions.is_converted then 1 end) as converted_to_date_count,
        count(case when conversions.is_stepwise then 1 end) as stepwise_count,
        count(case when conversions.is_via_mql then 1 end) as via_mql_count,
        count(case when conversions.is_reached_before_entry then 1 end)
            as reached_before_entry_count,
        {{ median('conversions.days_to_convert') }} as median_days_to_convert,
        count(case when not conversions.is_fully_observed then 1 end)
            as not_fully_observed_count
    from conversions
    inner join segments
        on coalesce(conversions.lead_id, conversions.erased_key) = segments.member_key
    group by
        conversions.basis,
        conversions.cohort_month,
        segments.dimension,
        segments.segment,
        conversions.from_stage,
        conversions.to_stage,
        conversions.window_days

),

with_month_end as (

    select
        cohorts.*,
        -- The last lead of the month may enter at its very end.
        {{ from_time_zone(dbt.dateadd('month', 1, 'cohorts.cohort_month'), 'reporting.time_zone') }}
            as month_ends_at
    from cohorts
    cross join reporting

),

with_maturity as (

    select
        with_month_end.*,
        {{ dbt.dateadd('day', 'with_month_end.window_days', 'with_month_end.month_ends_at') }}
            as matures_at
    from with_month_end

),

final as (

    select
        {{ surrogate_key([
            'with_maturity.basis', 'with_maturity.cohort_month', 'with_maturity.dimension',
            'with_maturity.segment', 'with_maturity.from_stage', 'with_maturity.to_stage',
        ]) }} as funnel_cohort_id,
        with_maturity.basis,
        with_maturity.cohort_month,
        with_maturity.dimension,
        with_maturity.segment,
        with_maturity.from_stage,
        with_maturity.to_stage,
        with_maturity.window_days,
        with_maturity.entered_count,
        with_maturity.converted_count,
        cast(with_maturity.converted_count as double)
        / nullif(with_maturity.entered_count, 0) as conversion_rate,
        with_maturity.converted_to_date_count,
        cast(with_maturity.converted_to_date_count as double)
        / nullif(with_maturity.entered_count, 0) as conversion_to_date_rate,
        with_maturity.stepwise_count,
        with_maturity.converted_to_date_count - with_maturity.stepwise_count as skipping_count,
        with_maturity.via_mql_count,
        with_maturity.converted_to_date_count - with_maturity.via_mql_count as direct_count,
        with_maturity.reached_before_entry_count,
        cast(with_maturity.median_days_to_convert as double) as median_days_to_convert,
        cast(with_maturity.matures_at as timestamp) as matures_at,
        refresh_context.as_of >= with_maturity.matures_at as is_mature,
        with_maturity.not_fully_observed_count = 0 as is_fully_observed
    from with_maturity
    cross join refresh_context

)

select * from final
