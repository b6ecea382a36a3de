select
    strftime(forecasts.period_starts_at, '%Y-%m') as month,
    forecasts.period_number,
    cast(forecasts.expected_amount as double) as expected_amount,
    cast(forecasts.low_amount as double) as low_amount,
    cast(forecasts.high_amount as double) as high_amount,
    cast(forecasts.weighted_pipeline_amount as double) as weighted_pipeline_amount,
    cast(forecasts.booked_amount as double) as booked_amount
from marts.fct_bookings_forecasts as forecasts
where forecasts.is_over
order by month, forecasts.period_number
