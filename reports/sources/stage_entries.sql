-- Leads that entered each stage in a month, by dimension and segment.
with entries as (
    select basis, period_month, dimension, segment, is_period_over, to_stage as stage,
        to_entry_count as entry_count
    from marts.rpt_funnel_periods
    where from_stage = 'lead'
    union all
    select basis, period_month, dimension, segment, is_period_over, from_stage,
        from_entry_count
    from marts.rpt_funnel_periods
    where from_stage = 'lead' and to_stage = 'mql'
)

select
    entries.basis,
    strftime(entries.period_month, '%Y-%m') as month,
    entries.dimension,
    coalesce(entries.segment, '') as segment,
    entries.stage,
    masked(entries.entry_count, entries.entry_count) as entry_count,
    entries.is_period_over
from entries
where entries.dimension in ('all', 'channel', 'source', 'profile', 'country', 'team')
order by entries.basis, entries.dimension, segment, entries.stage, month
