with subscriptions as (

    select * from {{ ref('int_subscriptions_assigned') }}

),

invoices as (

    select * from {{ ref('int_invoices_assigned') }}

),

settings as (

    select * from {{ ref('clv') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

span as (

    select
        cast({{ dbt.date_trunc(
            'month', in_time_zone('refresh_context.as_of', 'reporting.time_zone')
        ) }} as date) as current_month,
        settings.period_months + 1 as month_count,
        settings.invoice_inactivity_months
    from refresh_context
    cross join reporting
    cross join settings

),

numbers as (

    select
        {{ numbers_up_to('span.month_count') }} as number_from_now,
        span.current_month,
        span.invoice_inactivity_months
    from span

),

-- The whole months of the period, and the current one, which tells who is left of the last.
months as (

    select
        cast({{ dbt.dateadd('month', '1 - number_from_now', 'current_month') }} as date)
            as revenue_month,
        current_month,
        invoice_inactivity_months
    from numbers

),

subscribed as (

    select
        subscriptions.customer_id,
        'subscription' as basis,
        months.revenue_month,
        months.current_month,
        {{ exact_sum('subscriptions.monthly_amount') }} as revenue_amount
    from subscriptions
    inner join months
        on
            subscriptions.starts_on <= months.revenue_month
            and coalesce(subscriptions.cancelled_on, cast('9999-12-31' as date))
            > months.revenue_month
    group by subscriptions.customer_id, months.revenue_month, months.current_month

),

invoiced as (

    select
        customer_id,
        invoice_month,
        {{ exact_sum('net_amount') }} as net_amount,
        {{ exact_sum('margin_amount') }} as margin_amount,
        {{ exact_sum('case when margin_amount is not null then net_amount end') }}
            as net_of_known_margin
    from invoices
    group by customer_id, invoice_month

),

buying as (

    select
        invoices.customer_id,
        min(invoices.invoice_month) as first_month,
        max(invoices.invoice_month) as last_month
    from invoices
    left join subscriptions
        on invoices.customer_id = subscriptions.customer_id
    where invoices.net_amount > 0 and subscriptions.customer_id is null
    group by invoices.customer_id

),

-- Without a subscription, a customer is one until nothing was invoiced for so many months.
bought as (

    select
        buying.customer_id,
        'invoice' as basis,
        months.revenue_month,
        months.current_month,
        coalesce(invoiced.net_amount, 0.0) as revenue_amount
    from buying
    inner join months
        on
            buying.first_month <= months.revenue_month
            and {{ dbt.dateadd(
                'month', 'months.invoice_inactivity_months', 'buying.last_month'
            ) }} >= months.revenue_month
    left join invoiced
        on
            buying.customer_id = invoiced.customer_id
            and months.revenue_month = invoiced.invoice_month

),

active as (

    select * from subscribed
    union all
    select * from bought

),

final as (

    select
        active.customer_id,
        active.revenue_month,
        active.basis,
        active.revenue_amount,
        following.customer_id is null as is_churned,
        invoiced.margin_amount,
        invoiced.net_of_known_margin
    from active
    left join active as following
        on
            active.customer_id = following.customer_id
            and {{ dbt.dateadd('month', 1, 'active.revenue_month') }} = following.revenue_month
    left join invoiced
        on
            active.customer_id = invoiced.customer_id
            and active.revenue_month = invoiced.invoice_month
    where active.revenue_month < active.current_month

)

select * from final
