-- not people: new_customer_count
select
    strftime(cac.acquisition_month, '%Y-%m') as month,
    cac.dimension,
    coalesce(cac.segment, '') as segment,
    cac.cac_kind,
    cac.reporting_currency as currency,
    cast(cac.cost_amount as double) as cost_amount,
    cac.new_customer_count,
    cast(cac.cac_amount as double) as cac_amount,
    cac.max_lag_months,
    cac.is_mature
from marts.rpt_cac as cac
order by cac.cac_kind, cac.dimension, segment, month
