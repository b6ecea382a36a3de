-- Complete cohorts of all months together, by source and customer profile.
with totals as (
    select basis, from_stage, to_stage, dimension, segment, sum(entered_count) as entered_count,
        sum(converted_count) as converted_count
    from marts.rpt_funnel_cohorts
    where dimension in ('source', 'profile') and is_mature and is_fully_observed
    group by basis, from_stage, to_stage, dimension, segment
)

select
    totals.basis,
    totals.from_stage || ' → ' || totals.to_stage as step,
    totals.dimension,
    coalesce(totals.segment, '') as segment,
    masked(totals.entered_count, totals.entered_count) as entered_count,
    masked(totals.converted_count, totals.converted_count) as converted_count,
    masked_rate(
        totals.converted_count / nullif(totals.entered_count, 0),
        totals.converted_count,
        totals.entered_count
    ) as conversion_rate
from totals
order by totals.basis, step, totals.dimension, totals.entered_count desc
