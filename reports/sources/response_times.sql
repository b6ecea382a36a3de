select
    times.started_by as waited_for,
    strftime(times.started_month, '%Y-%m') as month,
    times.dimension,
    coalesce(times.segment, '') as segment,
    masked(times.clock_count, times.clock_count) as clock_count,
    masked(times.p50_minutes, times.clock_count) as p50_minutes,
    masked(times.p90_minutes, times.clock_count) as p90_minutes,
    masked(times.p50_business_minutes, times.clock_count) as p50_business_minutes,
    masked_rate(times.never_answered_rate, times.never_answered_count, times.clock_count)
        as never_answered_rate,
    times.is_mature
from marts.rpt_response_times as times
where times.dimension in ('all', 'channel', 'team')
order by waited_for, times.dimension, segment, month
