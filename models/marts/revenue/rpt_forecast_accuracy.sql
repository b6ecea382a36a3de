with forecasts as (

    select * from {{ ref('fct_bookings_forecasts') }}
    where is_over

),

reporting as (

    select * from {{ ref('reporting') }}

),

horizons as (

    select
        'period ' || cast(period_number as varchar) as horizon,
        period_number
    from (select {{ numbers_up_to(3) }} as period_number) as periods
    union all
    select
        'all' as horizon,
        period_number
    from (select {{ numbers_up_to(3) }} as period_number) as periods

),

-- A horizon that nothing could be tested for has a row that says so.
by_horizon as (

    select
        horizons.horizon,
        reporting.currency_code as reporting_currency,
        forecasts.origin_number,
        forecasts.open_deal_count,
        forecasts.assumed_deal_count,
        forecasts.booked_amount,
        forecasts.expected_amount,
        forecasts.weighted_pipeline_amount,
        forecasts.low_amount,
        forecasts.high_amount
    from horizons
    cross join reporting
    left join forecasts
        on horizons.period_number = forecasts.period_number

),

summed as (

    select
        horizon,
        reporting_currency,
        count(origin_number) as forecast_count,
        count(distinct origin_number) as origin_count,
        sum(open_deal_count) as deal_count,
        sum(assumed_deal_count) as assumed_count,
        sum(booked_amount) as booked_amount,
        sum(expected_amount) as expected_amount,
        sum(weighted_pipeline_amount) as weighted_pipeline_amount,
        sum(abs(booked_amount - expected_amount)) as error_amount,
        sum(abs(booked_amount - weighted_pipeline_amount)) as weighted_error_amount,
        sum(case when booked_amount between low_amount and high_amount then 1 else 0 end)
            as covered_count
    from by_horizon
    group by horizon, reporting_currency

),

final as (

    select
        horizon,
        reporting_currency,
        cast(origin_count as bigint) as origin_count,
        cast(forecast_count as bigint) as forecast_count,
        cast(booked_amount as decimal(38, 2)) as booked_amount,
        cast(expected_amount as decimal(38, 2)) as expected_amount,
        cast(weighted_pipeline_amount as decimal(38, 2)) as weighted_pipeline_amount,
        cast(error_amount as decimal(38, 2)) as error_amount,
        cast(weighted_error_amount as decimal(38, 2)) as weighted_error_amount,
        cast(error_amount as double) / nullif(cast(booked_amount as double), 0) as wape,
        cast(weighted_error_amount as double) / nullif(cast(booked_amount as double), 0)
            as weighted_pipeline_wape,
        cast(covered_count as bigint) as covered_count,
        cast(covered_count as double) / nullif(forecast_count, 0) as coverage_rate,
        cast(assumed_count as double) / nullif(cast(deal_count as double), 0) as assumed_rate,
        case
            when coalesce(booked_amount, 0) = 0 or origin_count < 3 then 'too_little_history'
            when error_amount < weighted_error_amount then 'better'
            else 'not_better'
        end as verdict
    from summed

)

select * from final
