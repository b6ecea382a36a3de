-- not people: forecast_count
select
    accuracy.horizon,
    accuracy.forecast_count,
    accuracy.wape,
    accuracy.weighted_pipeline_wape,
    accuracy.coverage_rate,
    accuracy.assumed_rate,
    accuracy.verdict
from marts.rpt_forecast_accuracy as accuracy
order by accuracy.horizon
