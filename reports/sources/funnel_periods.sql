select
    periods.basis,
    strftime(periods.period_month, '%Y-%m') as month,
    periods.dimension,
    coalesce(periods.segment, '') as segment,
    periods.from_stage || ' → ' || periods.to_stage as step,
    masked(periods.from_entry_count, periods.from_entry_count) as from_entry_count,
    masked(periods.to_entry_count, periods.to_entry_count) as to_entry_count,
    masked_rate(periods.period_rate, periods.to_entry_count, periods.from_entry_count)
        as period_rate,
    periods.is_period_over
from marts.rpt_funnel_periods as periods
where periods.dimension in ('all', 'channel', 'source', 'profile', 'country', 'team')
order by periods.basis, periods.dimension, segment, step, month
