-- Who comes in a month beside who came in the months before: how attributes and scores are spread,
-- and how much of them is unknown.
with values_given as (

    select * from {{ ref('int_values_backtested') }}

),

leads as (

    select * from {{ ref('int_leads_backtested') }}

),

horizons as (

    select * from {{ ref('backtest_horizons') }}

),

settings as (

    select * from {{ ref('calibration') }}

),

-- Attributes as a lead comes in, scores when it has had time to do something.
ends as (

    select
        min(days_after_creation) as first_days,
        max(days_after_creation) as last_days
    from horizons

),

watched as (

    select
        horizons.horizon,
        case when horizons.days_after_creation = ends.first_days then 'attribute' else 'ranking' end
            as kind
    from horizons
    cross join ends
    where
        horizons.days_after_creation = ends.first_days
        or horizons.days_after_creation = ends.last_days

),

counted as (

    select
        values_given.kind,
        values_given.name,
        coalesce(values_given.value, '') as value,
        values_given.value is null as is_unknown,
        leads.scoring_month,
        {{ dbt.dateadd('month', 1, 'leads.scoring_month') }} <= leads.as_of as is_complete,
        cast(count(*) as double) as lead_count
    from values_given
    inner join watched
        on
            values_given.horizon = watched.horizon
            and values_given.kind = watched.kind
    inner join leads
        on
            values_given.lead_id = leads.lead_id
            and values_given.horizon = leads.horizon
    group by
        values_given.kind,
        values_given.name,
        coalesce(values_given.value, ''),
        values_given.value is null,
        leads.scoring_month,
        leads.as_of

),

months as (

    select
        kind,
        name,
        scoring_month,
        sum(lead_count) as month_count
    from counted
    where is_complete
    group by kind, name, scoring_month

),

spans as (

    select
        months.kind,
        months.name,
        months.scoring_month,
        cast(
            {{ dbt.dateadd('month', '-settings.reference_months', 'months.scoring_month') }} as date
        ) as reference_from
    from months
    cross join settings

),

-- Each value of the month or of the months before it, with how many have it in both.
side_by_side as (

    select
        spans.kind,
        spans.name,
        spans.scoring_month,
        counted.value,
        counted.is_unknown,
        sum(
            case when counted.scoring_month = spans.scoring_month then counted.lead_count else 0 end
        ) as month_count,
        sum(
            case when counted.scoring_month < spans.scoring_month then counted.lead_count else 0 end
        ) as reference_count
    from spans
    inner join counted
        on
            spans.kind = counted.kind
            and spans.name = counted.name
            and spans.reference_from <= counted.scoring_month
            and spans.scoring_month >= counted.scoring_month
    group by
        spans.kind, spans.name, spans.scoring_month, counted.value, counted.is_unknown

),

shares as (

    select
        *,
        sum(month_count) over of_month as month_total,
        sum(reference_count) over of_month as reference_total,
        cast(count(*) over of_month as double) as value_count
    from side_by_side
    window
        of_month as (partition by kind, name, scoring_month)

),

-- Half a lead more for each value, so that a new one is no infinite change.
smoothed as (

    select
        *,
        (month_count + 0.5) / (month_total + 0.5 * value_count) as month_share,
        (reference_count + 0.5) / (reference_total + 0.5 * value_count) as reference_share
    from shares

),

final as (

    select
        kind,
        name,
        scoring_month,
        max(month_total) as month_total,
        max(reference_total) as reference_total,
        max(value_count) as value_count,
        sum(
            cast(
                (month_share - reference_share) * ln(month_share / reference_share)
                as decimal(38, 12)
            )
        ) as stability_index,
        -- What two samples of the same population differ by, on average.
        (max(value_count) - 1)
        * (1 / nullif(max(month_total), 0) + 1 / nullif(max(reference_total), 0))
            as index_by_chance,
        sum(case when is_unknown then month_count else 0 end) / nullif(max(month_total), 0)
            as unknown_rate,
        sum(case when is_unknown then reference_count else 0 end)
        / nullif(max(reference_total), 0) as reference_unknown_rate
    from smoothed
    group by kind, name, scoring_month

)

select * from final
