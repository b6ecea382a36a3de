with outcomes as (

    select * from {{ ref('int_deal_outcomes_dated') }}
    where status = 'won'

),

origins as (

    select * from {{ ref('int_forecast_origins_dated') }}

),

settings as (

    select * from {{ ref('forecast') }}

),

periods as (

    select {{ numbers_up_to(3) }} as period_number

),

first_deal as (

    select max(opened_number) as origin_number
    from {{ ref('int_deal_outcomes_dated') }}

),

-- What was won in a period after an origin at which nobody knew of the deal.
came_later as (

    select
        origins.origin_number,
        periods.period_number,
        outcomes.close_known_number,
        cast(outcomes.reporting_amount as double) as amount
    from origins
    cross join periods
    inner join outcomes
        on
            origins.origin_number - periods.period_number = outcomes.closed_number
            and origins.origin_number > coalesce(outcomes.opened_number, -1)

),

looks as (

    select
        origins.origin_number,
        periods.period_number,
        past.origin_number as past_number
    from origins
    cross join settings
    cross join periods
    cross join first_deal
    inner join origins as past
        on
            past.origin_number >= origins.origin_number + periods.period_number
            and past.origin_number
            < origins.origin_number + periods.period_number + settings.new_business_months
            and first_deal.origin_number >= past.origin_number
    where origins.origin_number <= settings.backtest_months

),

by_past_origin as (

    select
        looks.origin_number,
        looks.period_number,
        looks.past_number,
        coalesce(sum(came_later.amount), 0.0) as amount
    from looks
    left join came_later
        on
            looks.past_number = came_later.origin_number
            and looks.period_number = came_later.period_number
            and looks.origin_number <= came_later.close_known_number
    group by looks.origin_number, looks.period_number, looks.past_number

),

final as (

    select
        origin_number,
        period_number,
        count(*) as month_count,
        avg(amount) as expected_amount,
        -- The spread of months, and that of their mean.
        coalesce(var_samp(amount), avg(amount) * avg(amount)) * (1.0 + 1.0 / count(*))
            as variance
    from by_past_origin
    group by origin_number, period_number

)

select * from final
