-- Leads of all months by source, and how many of them reached each stage to date.
with totals as (
    select basis, segment, to_stage, sum(entered_count) as entered_count,
        sum(converted_to_date_count) as reached_count
    from marts.rpt_funnel_cohorts
    where dimension = 'source' and from_stage = 'lead'
    group by basis, segment, to_stage
)

select
    totals.basis,
    coalesce(totals.segment, '') as segment,
    masked(max(totals.entered_count), max(totals.entered_count)) as lead_count,
    masked(
        max(case when totals.to_stage = 'mql' then totals.reached_count end),
        max(case when totals.to_stage = 'mql' then totals.reached_count end)
    ) as mql_count,
    masked(
        max(case when totals.to_stage = 'sql' then totals.reached_count end),
        max(case when totals.to_stage = 'sql' then totals.reached_count end)
    ) as sql_count,
    masked(
        max(case when totals.to_stage = 'customer' then totals.reached_count end),
        max(case when totals.to_stage = 'customer' then totals.reached_count end)
    ) as customer_count
from totals
group by totals.basis, totals.segment
order by totals.basis, max(totals.entered_count) desc
