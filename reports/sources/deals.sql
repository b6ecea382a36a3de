-- not people: won_count, lost_count, closed_count, open_count, stale_count
select
    deals.period_basis,
    strftime(deals.deal_month, '%Y-%m') as month,
    deals.opportunity_type,
    deals.dimension,
    coalesce(deals.segment, '') as segment,
    deals.won_count,
    deals.lost_count,
    deals.closed_count,
    deals.open_count,
    deals.stale_count,
    deals.win_rate,
    cast(deals.won_amount as double) as won_amount,
    deals.mean_deal_amount,
    deals.median_deal_amount,
    deals.is_mature
from marts.rpt_deals as deals
where deals.dimension in ('all', 'channel', 'source', 'profile', 'team')
order by deals.period_basis, deals.opportunity_type, deals.dimension, segment, month
