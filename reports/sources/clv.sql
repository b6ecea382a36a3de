select
    clv.dimension,
    coalesce(clv.segment, '') as segment,
    clv.basis,
    strftime(clv.period_first_month, '%Y-%m') as first_month,
    strftime(clv.period_last_month, '%Y-%m') as last_month,
    clv.reporting_currency as currency,
    masked(clv.customer_count, clv.customer_count) as customer_count,
    masked_rate(clv.churn_rate, clv.churned_count, clv.customer_count) as churn_rate,
    masked(cast(clv.clv_amount as double), clv.customer_count) as clv_amount,
    masked(cast(clv.discounted_clv_amount as double), clv.customer_count) as discounted_clv_amount,
    masked(cast(clv.cac_amount as double), clv.customer_count) as cac_amount,
    masked(clv.clv_to_cac_ratio, clv.customer_count) as clv_to_cac_ratio,
    masked(clv.payback_months, clv.customer_count) as payback_months
from marts.rpt_clv as clv
where clv.dimension in ('all', 'channel', 'profile', 'source', 'mql_grade')
order by clv.dimension, segment, clv.basis
