-- not people: new_customer_count
select lag_months, new_customer_count, lag_share
from marts.rpt_acquisition_lags
where lag_months is not null
order by lag_months
