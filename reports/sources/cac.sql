select
    strftime(cac.acquisition_month, '%Y-%m') as month,
    cac.cac_kind,
    cac.reporting_currency as currency,
    cast(cac.cost_amount as double) as cost_amount,
    masked(cac.new_customer_count, cac.new_customer_count) as new_customer_count,
    masked(cast(cac.cac_amount as double), cac.new_customer_count) as cac_amount
from marts.rpt_cac as cac
where cac.dimension = 'all'
order by cac.cac_kind, month
