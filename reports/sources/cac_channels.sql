-- Cost and new customers by channel over all months; either may stand without the other.
with channels as (
    select segment, reporting_currency, sum(cost_amount) as cost_amount,
        sum(new_customer_count) as new_customer_count
    from marts.rpt_cac
    where dimension = 'channel' and cac_kind = 'marketing'
    group by segment, reporting_currency
)

select
    coalesce(said_en(channels.segment), 'not known') as channel_en,
    coalesce(said_fr(channels.segment), 'non renseigné') as channel_fr,
    channels.reporting_currency as currency,
    cast(channels.cost_amount as double) as cost_amount,
    masked(channels.new_customer_count, channels.new_customer_count) as new_customer_count,
    masked(
        cast(channels.cost_amount as double) / nullif(channels.new_customer_count, 0),
        channels.new_customer_count
    ) as cac_amount
from channels
order by channels.cost_amount desc nulls last
