-- Deadlines met of those that have passed, all urgencies together.
with attained as (
    select clock, started_month, dimension, segment, sum(due_count) as due_count,
        sum(met_count) as met_count, sum(open_breach_count) as open_breach_count,
        bool_and(is_mature) as is_mature
    from marts.rpt_sla_attainment
    where dimension in ('all', 'team')
    group by clock, started_month, dimension, segment
)

select
    attained.clock,
    case attained.clock
        when 'first_touch' then 'First touch' when 'acceptance' then 'Acceptance' else 'Decision'
    end as clock_en,
    case attained.clock
        when 'first_touch' then 'Premier contact' when 'acceptance' then 'Acceptation'
        else 'Décision'
    end as clock_fr,
    strftime(attained.started_month, '%Y-%m') as month,
    attained.dimension,
    coalesce(attained.segment, '') as segment,
    masked(attained.due_count, attained.due_count) as due_count,
    masked_rate(
        attained.met_count / nullif(attained.due_count, 0), attained.met_count, attained.due_count
    ) as attainment_rate,
    masked(attained.open_breach_count, attained.open_breach_count) as open_breach_count,
    attained.is_mature
from attained
order by attained.clock, attained.dimension, segment, month
