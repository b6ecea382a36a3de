select
    strftime(targets.target_month, '%Y-%m') as month,
    coalesce(targets.segment, '') as team,
    targets.metric,
    coalesce(targets.basis, '') as basis,
    case
        when targets.metric in ('mql', 'sal', 'sql')
            then masked(targets.actual_value, targets.actual_value)
        else targets.actual_value
    end as actual_value,
    targets.target_value,
    case
        when targets.metric in ('mql', 'sal', 'sql')
            then masked(targets.attainment_rate, targets.actual_value)
        else targets.attainment_rate
    end as attainment_rate,
    targets.is_mature
from marts.rpt_targets as targets
where targets.dimension = 'team'
order by targets.metric, team, month
