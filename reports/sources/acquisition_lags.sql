select
    lag_months,
    masked(new_customer_count, new_customer_count) as new_customer_count,
    masked(lag_share, new_customer_count) as lag_share
from marts.rpt_acquisition_lags
where lag_months is not null
order by lag_months
