with conversions as (

    select * from {{ ref('fct_funnel_conversions') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

cohorts as (

    select
        basis,
        cohort_month,
        source,
        from_stage,
        to_stage,
        window_days,
        count(*) as entered_count,
        count(case when is_converted_in_window then 1 end) as converted_count,
        count(case when is_converted then 1 end) as converted_to_date_count,
        count(case when is_reached_before_entry then 1 end) as reached_before_entry_count,
        {{ median('days_to_convert') }} as median_days_to_convert,
        count(case when not is_fully_observed then 1 end) as not_fully_observed_count
    from conversions
    group by basis, cohort_month, source, from_stage, to_stage, window_days

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
            'with_maturity.basis', 'with_maturity.cohort_month', 'with_maturity.source',
            'with_maturity.from_stage', 'with_maturity.to_stage',
        ]) }} as funnel_cohort_id,
        with_maturity.basis,
        with_maturity.cohort_month,
        with_maturity.source,
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
        with_maturity.reached_before_entry_count,
        cast(with_maturity.median_days_to_convert as double) as median_days_to_convert,
        cast(with_maturity.matures_at as timestamp) as matures_at,
        refresh_context.as_of >= with_maturity.matures_at as is_mature,
        with_maturity.not_fully_observed_count = 0 as is_fully_observed
    from with_maturity
    cross join refresh_context

)

select * from final
