-- Who comes in a month beside who came in the months before: how attributes and scores are spread,
-- and how much of them is unknown.
with attributes_given as (

    select * from {{ ref('int_attributes_backtested') }}
    where is_earliest

),

rankings as (

    select * from {{ ref('int_rankings_backtested') }}

),

attributes as (

    select * from {{ ref('backtest_attributes') }}
    where known_from <> 'outcome'

),

horizons as (

    select * from {{ ref('backtest_horizons') }}

),

settings as (

    select * from {{ ref('calibration') }}

),

last_days as (

    select max(days_after_creation) as days_after_creation
    from horizons

),

values_of_attributes as (

    {{ attribute_values('attributes_given', ['scoring_month', 'as_of']) }}

),

-- Attributes as a lead comes in, scores when it has had time to do something.
watched as (

    select
        'attribute' as kind,
        values_of_attributes.name,
        values_of_attributes.value,
        values_of_attributes.scoring_month,
        values_of_attributes.as_of
    from values_of_attributes
    inner join attributes
        on values_of_attributes.name = attributes.attribute
    union all
    select
        'ranking' as kind,
        rankings.name,
        rankings.value,
        rankings.scoring_month,
        rankings.as_of
    from rankings
    inner join horizons
        on rankings.horizon = horizons.horizon
    inner join last_days
        on horizons.days_after_creation = last_days.days_after_creation

),

counted as (

    select
        kind,
        name,
        coalesce(value, '') as value,
        value is null as is_unknown,
        scoring_month,
        {{ dbt.dateadd('month', 1, 'scoring_month') }} <= as_of as is_complete,
        cast(count(*) as double) as lead_count
    from watched
    group by kind, name, coalesce(value, ''), value is null, scoring_month, as_of

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
