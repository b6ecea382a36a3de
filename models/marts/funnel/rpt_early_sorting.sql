with bad_fits as (

    select * from {{ ref('int_bad_fits_sorted') }}

),

segments as (

    select * from {{ ref('int_leads_segmented') }}

),

cells as (

    select
        bad_fits.basis,
        bad_fits.entered_month as cohort_month,
        segments.dimension,
        segments.segment,
        count(*) as bad_fit_count,
        count(case when bad_fits.is_window_over then 1 end) as due_count,
        count(case when bad_fits.is_window_over and bad_fits.is_sorted_early then 1 end)
            as sorted_early_count,
        count(bad_fits.disqualified_at) as disqualified_count,
        sum(bad_fits.activity_count) as activity_count,
        sum(bad_fits.activity_count - bad_fits.timed_activity_count) as untimed_activity_count,
        sum(bad_fits.spent_minutes) as spent_minutes
    from bad_fits
    inner join segments
        on bad_fits.lead_id = segments.lead_id
    group by
        bad_fits.basis,
        bad_fits.entered_month,
        segments.dimension,
        segments.segment

),

final as (

    select
        {{ surrogate_key(['basis', 'cohort_month', 'dimension', 'segment']) }}
            as early_sorting_id,
        basis,
        cohort_month,
        dimension,
        segment,
        bad_fit_count,
        due_count,
        sorted_early_count,
        cast(sorted_early_count as double) / nullif(due_count, 0) as early_sorting_rate,
        disqualified_count,
        cast(activity_count as bigint) as activity_count,
        cast(untimed_activity_count as bigint) as untimed_activity_count,
        cast(spent_minutes as double) as spent_minutes,
        bad_fit_count = due_count as is_mature
    from cells

)

select * from final
