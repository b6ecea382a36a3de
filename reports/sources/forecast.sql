select
    forecast.period_number,
    strftime(forecast.period_starts_at, '%Y-%m-%d') as starts_on,
    strftime(forecast.period_ends_at, '%Y-%m-%d') as ends_on,
    forecast.reporting_currency as currency,
    cast(forecast.pipeline_amount as double) as pipeline_amount,
    cast(forecast.new_business_amount as double) as new_business_amount,
    cast(forecast.expected_amount as double) as expected_amount,
    cast(forecast.low_amount as double) as low_amount,
    cast(forecast.high_amount as double) as high_amount,
    cast(forecast.weighted_pipeline_amount as double) as weighted_pipeline_amount
from marts.rpt_pipeline_forecast as forecast
order by forecast.period_number
