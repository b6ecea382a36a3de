with entries as (

    select * from {{ ref('int_stage_entries_dated') }}
    where lead_id is not null

),

fit_scores as (

    select * from {{ ref('int_fit_scored') }}
    where place = 1

),

thresholds as (

    select min(min_fit_score) as min_fit_score
    from {{ ref('mql_thresholds') }}

),

activities as (

    select * from {{ ref('int_sales_activities_resolved') }}
    where not coalesce(is_automatic, false) and occurred_at is not null

),

early_sorting as (

    select * from {{ ref('early_sorting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- Bad is what cannot fit: excluded, or below every threshold even if all that is unknown matched.
first_fits as (

    select
        fit_scores.lead_id,
        fit_scores.is_excluded or fit_scores.fit_ceiling < thresholds.min_fit_score as is_bad_fit,
        row_number() over (
            partition by fit_scores.lead_id
            order by fit_scores.valid_from
        ) as fit_number
    from fit_scores
    cross join thresholds

),

bad_fits as (

    select
        entries.basis,
        entries.lead_id,
        entries.entered_at,
        entries.entered_month,
        early_sorting.max_days,
        refresh_context.as_of
    from entries
    inner join first_fits
        on
            entries.lead_id = first_fits.lead_id
            and first_fits.fit_number = 1
            and first_fits.is_bad_fit
    cross join early_sorting
    cross join refresh_context
    where entries.stage = 'lead'

),

time_spent as (

    select
        activities.lead_id,
        count(*) as activity_count,
        count(activities.duration_minutes) as timed_activity_count,
        sum(activities.duration_minutes) as spent_minutes
    from activities
    cross join refresh_context
    where activities.occurred_at <= refresh_context.as_of
    group by activities.lead_id

),

final as (

    select
        bad_fits.basis,
        bad_fits.lead_id,
        bad_fits.entered_at,
        bad_fits.entered_month,
        disqualified.entered_at as disqualified_at,
        coalesce(
            {{ days_between('bad_fits.entered_at', 'disqualified.entered_at') }}
            <= bad_fits.max_days,
            false
        ) as is_sorted_early,
        {{ days_after('bad_fits.entered_at', 'bad_fits.max_days') }} <= bad_fits.as_of
            as is_window_over,
        coalesce(time_spent.activity_count, 0) as activity_count,
        coalesce(time_spent.timed_activity_count, 0) as timed_activity_count,
        time_spent.spent_minutes
    from bad_fits
    left join entries as disqualified
        on
            bad_fits.basis = disqualified.basis
            and bad_fits.lead_id = disqualified.lead_id
            and disqualified.stage = 'disqualified'
    left join time_spent
        on bad_fits.lead_id = time_spent.lead_id

)

select * from final
