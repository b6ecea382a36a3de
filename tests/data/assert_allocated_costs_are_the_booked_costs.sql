-- To the last digit, by category and month, and no booking is left out.
with booked as (

    select
        case table_name when 'marketing_spend' then 'marketing' else 'sales' end as cost_category,
        cast({{ dbt.date_trunc('month', 'amount_date') }} as date) as cost_month,
        count(*) as booking_count,
        sum(coalesce(reporting_amount, 0)) as amount
    from {{ ref('int_amounts_converted') }}
    where table_name in ('marketing_spend', 'sales_costs')
    group by
        case table_name when 'marketing_spend' then 'marketing' else 'sales' end,
        cast({{ dbt.date_trunc('month', 'amount_date') }} as date)

),

allocated as (

    select
        cost_category,
        cost_month,
        sum(booking_count) as booking_count,
        sum(coalesce(new_business_amount, 0)) + sum(coalesce(expansion_amount, 0)) as amount
    from {{ ref('rpt_acquisition_costs') }}
    group by cost_category, cost_month

)

select
    booked.cost_category,
    booked.cost_month,
    booked.amount as booked_amount,
    allocated.amount as allocated_amount
from booked
full outer join allocated
    on
        booked.cost_category = allocated.cost_category
        and booked.cost_month = allocated.cost_month
where
    coalesce(booked.amount, -1) <> coalesce(allocated.amount, -2)
    or coalesce(booked.booking_count, -1) <> coalesce(allocated.booking_count, -2)
