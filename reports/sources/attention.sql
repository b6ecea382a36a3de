-- What needs somebody today, each with how bad it is.
with found as (
    select 1 as place, 'breached' as key, 'bad' as level, count(*) filter (where is_sla_breached) as value
    from marts.fct_work_queue
    union all
    select 2, 'due', 'warn', count(*) filter (where is_due and is_by_sales) from marts.fct_work_queue
    union all
    select 3, 'no_owner', 'warn', count(*) filter (where owner_problem is not null)
    from marts.fct_work_queue
    union all
    select 4, 'no_opportunity', 'warn', count(*) from marts.rpt_sqls_without_opportunity
    where basis = 'rules'
    union all
    select 5, 'notices', 'warn', count(*) filter (where notice_status = 'overdue')
    from marts.rpt_notices_due
    union all
    select 6, 'retention', 'warn', count(*) filter (where is_due) from marts.rpt_retention_due
    union all
    select 7, 'late_inputs', 'bad', count(*) filter (where status in ('warn', 'error', 'never'))
    from raw.input_freshness
)

select
    found.key,
    found.place,
    case when found.value = 0 then 'good' else found.level end as level,
    case when found.key = 'late_inputs' then found.value else masked(found.value, found.value) end
        as value
from found
order by found.place
