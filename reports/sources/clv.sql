-- not people: customer_count, churned_count
select
    clv.dimension,
    coalesce(clv.segment, '') as segment,
    clv.basis,
    strftime(clv.period_first_month, '%Y-%m') as first_month,
    strftime(clv.period_last_month, '%Y-%m') as last_month,
    clv.reporting_currency as currency,
    clv.customer_count,
    clv.churned_count,
    clv.churn_rate,
    cast(clv.arpa_amount as double) as arpa_amount,
    clv.gross_margin_rate,
    clv.lifetime_months,
    clv.is_horizon_capped,
    cast(clv.clv_amount as double) as clv_amount,
    cast(clv.discounted_clv_amount as double) as discounted_clv_amount,
    cast(clv.cac_amount as double) as cac_amount,
    clv.clv_to_cac_ratio,
    clv.payback_months
from marts.rpt_clv as clv
where clv.dimension in ('all', 'channel', 'profile', 'source')
order by clv.dimension, segment, clv.basis
