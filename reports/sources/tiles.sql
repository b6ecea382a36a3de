-- The figures of the first page by month; the last whole month is what a tile shows. A rate has
-- part of the people behind it above its line, and the whole below.
with months as (
    select period_month as month, to_stage as metric, cast(to_entry_count as double) as value,
        to_entry_count as part, to_entry_count as people, is_period_over as is_over
    from marts.rpt_funnel_periods
    where basis = 'rules' and dimension = 'all' and from_stage = 'lead'
    union all
    select period_month, 'lead', from_entry_count, from_entry_count, from_entry_count,
        is_period_over
    from marts.rpt_funnel_periods
    where basis = 'rules' and dimension = 'all' and from_stage = 'lead' and to_stage = 'mql'
    union all
    select deal_month, 'won_amount', cast(won_amount as double), 0, 0, is_mature
    from marts.rpt_deals
    where period_basis = 'closed' and dimension = 'all' and opportunity_type = 'new'
    union all
    select started_month, 'first_touch', p50_business_minutes, clock_count, clock_count, is_mature
    from marts.rpt_response_times
    where dimension = 'all' and started_by = 'all'
    union all
    select started_month, 'sla', sum(met_count) / nullif(sum(due_count), 0), sum(met_count),
        sum(due_count), bool_and(is_mature)
    from marts.rpt_sla_attainment
    where dimension = 'all' and clock = 'first_touch'
    group by started_month
    union all
    select acquisition_month, 'cac', cast(cac_amount as double), new_customer_count,
        new_customer_count, is_mature
    from marts.rpt_cac
    where dimension = 'all' and cac_kind = 'blended'
),

targets as (
    select target_month as month,
        case metric when 'won_amount_eur' then 'won_amount' else metric end as metric,
        sum(target_value) as target
    from marts.rpt_targets
    where dimension = 'team' and coalesce(basis, 'rules') = 'rules'
    group by all
)

select
    months.metric,
    strftime(months.month, '%Y-%m') as month,
    masked_rate(months.value, months.part, months.people) as value,
    targets.target,
    months.is_over
from months
left join targets on months.metric = targets.metric and months.month = targets.month
order by months.metric, month
