with pipelines as (

    select * from {{ ref('int_pipelines_weighted') }}

),

new_business as (

    select * from {{ ref('int_new_business_estimated') }}

),

plain as (

    select * from {{ ref('int_pipelines_apportioned') }}

),

outcomes as (

    select * from {{ ref('int_deal_outcomes_dated') }}
    where status = 'won'

),

origins as (

    select * from {{ ref('int_forecast_origins_dated') }}

),

settings as (

    select * from {{ ref('forecast') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

first_deal as (

    select max(opened_number) as origin_number
    from {{ ref('int_deal_outcomes_dated') }}

),

periods as (

    select {{ numbers_up_to(3) }} as period_number

),

booked as (

    select
        closed_number,
        {{ exact_sum('reporting_amount') }} as amount,
        count(*) as deal_count
    from outcomes
    group by closed_number

),

-- Where less is known than `forecast` asks for, there is no forecast.
looks as (

    select
        origins.origin_number,
        origins.origin_at,
        periods.period_number,
        {{ dbt.dateadd('month', 'periods.period_number - 1', 'origins.origin_at') }} as starts_at,
        {{ dbt.dateadd('month', 'periods.period_number', 'origins.origin_at') }} as ends_at
    from origins
    cross join periods
    cross join settings
    cross join first_deal
    where
        origins.origin_number <= settings.backtest_months
        and origins.origin_number + settings.min_history_months <= first_deal.origin_number

),

expected as (

    select
        looks.*,
        coalesce(pipelines.deal_count, 0) as open_deal_count,
        coalesce(pipelines.assumed_count, 0) as assumed_count,
        coalesce(pipelines.expected_amount, 0.0) as pipeline_amount,
        new_business.expected_amount as new_business_amount,
        new_business.month_count,
        coalesce(pipelines.expected_amount, 0.0) + new_business.expected_amount as expected_amount,
        coalesce(pipelines.variance, 0.0) + new_business.variance as variance,
        coalesce(plain.weighted_amount, 0.0) as weighted_pipeline_amount,
        looks.origin_number >= looks.period_number as is_over,
        coalesce(booked.amount, 0.0) as booked_amount
    from looks
    inner join new_business
        on
            looks.origin_number = new_business.origin_number
            and looks.period_number = new_business.period_number
    left join pipelines
        on
            looks.origin_number = pipelines.origin_number
            and looks.period_number = pipelines.period_number
    left join plain
        on
            looks.origin_number = plain.origin_number
            and looks.period_number = plain.period_number
    left join booked
        on looks.origin_number - looks.period_number = booked.closed_number

),

-- A sum that is never negative and now and then large: lognormal with that mean and variance.
shaped as (

    select
        expected.*,
        ln(1.0 + greatest(expected.variance, 0.0) / nullif(power(expected.expected_amount, 2), 0))
            as log_variance
    from expected

),

final as (

    select
        {{ surrogate_key(['shaped.origin_at', 'shaped.period_number']) }} as bookings_forecast_id,
        cast(shaped.origin_number as bigint) as origin_number,
        shaped.origin_at,
        cast(shaped.period_number as bigint) as period_number,
        cast(shaped.starts_at as timestamp) as period_starts_at,
        cast(shaped.ends_at as timestamp) as period_ends_at,
        reporting.currency_code as reporting_currency,
        cast(shaped.open_deal_count as bigint) as open_deal_count,
        cast(shaped.assumed_count as bigint) as assumed_deal_count,
        cast(shaped.month_count as bigint) as new_business_months,
        cast(round(shaped.pipeline_amount, 2) as decimal(38, 2)) as pipeline_amount,
        cast(round(shaped.new_business_amount, 2) as decimal(38, 2)) as new_business_amount,
        cast(round(shaped.expected_amount, 2) as decimal(38, 2)) as expected_amount,
        -- 1.2816: a tenth of a normal distribution lies beyond so many standard deviations.
        cast(round(coalesce(
            shaped.expected_amount
            * exp(-shaped.log_variance / 2 - 1.2815515655 * sqrt(shaped.log_variance)), 0.0
        ), 2) as decimal(38, 2)) as low_amount,
        cast(round(coalesce(
            shaped.expected_amount
            * exp(-shaped.log_variance / 2 + 1.2815515655 * sqrt(shaped.log_variance)), 0.0
        ), 2) as decimal(38, 2)) as high_amount,
        cast(round(shaped.weighted_pipeline_amount, 2) as decimal(38, 2))
            as weighted_pipeline_amount,
        shaped.is_over,
        case when shaped.is_over then cast(round(shaped.booked_amount, 2) as decimal(38, 2)) end
            as booked_amount
    from shaped
    cross join reporting

)

select * from final
