with invoices as (

    select * from {{ ref('int_invoices_assigned') }}

),

subscriptions as (

    select * from {{ ref('int_subscriptions_assigned') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

subscribers as (

    select distinct customer_id from subscriptions

),

-- What is invoiced on one day is one purchase; a day that credit notes take away is none.
purchase_days as (

    select
        invoices.customer_id,
        invoices.issued_on,
        {{ exact_sum('invoices.net_amount') }} as net_amount
    from invoices
    left join subscribers
        on invoices.customer_id = subscribers.customer_id
    where subscribers.customer_id is null
    group by invoices.customer_id, invoices.issued_on
    having {{ exact_sum('invoices.net_amount') }} > 0

),

first_purchases as (

    select
        customer_id,
        min(issued_on) as first_purchased_on,
        max(issued_on) as last_purchased_on
    from purchase_days
    group by customer_id

),

repeated as (

    select
        purchase_days.customer_id,
        count(*) as repeat_count,
        {{ exact_sum('purchase_days.net_amount') }} / nullif(count(purchase_days.net_amount), 0)
            as mean_repeat_amount
    from purchase_days
    inner join first_purchases
        on
            purchase_days.customer_id = first_purchases.customer_id
            and purchase_days.issued_on > first_purchases.first_purchased_on
    group by purchase_days.customer_id

),

final as (

    select
        first_purchases.customer_id,
        first_purchases.first_purchased_on,
        first_purchases.last_purchased_on,
        cast(coalesce(repeated.repeat_count, 0) as bigint) as repeat_count,
        cast({{ dbt.datediff(
            'first_purchases.first_purchased_on', 'first_purchases.last_purchased_on', 'day'
        ) }} as bigint) as recency_days,
        cast({{ dbt.datediff(
            'first_purchases.first_purchased_on',
            in_time_zone('refresh_context.as_of', 'reporting.time_zone'),
            'day'
        ) }} as bigint) as age_days,
        cast(round(repeated.mean_repeat_amount, 2) as decimal(38, 2)) as mean_repeat_amount
    from first_purchases
    left join repeated
        on first_purchases.customer_id = repeated.customer_id
    cross join refresh_context
    cross join reporting

)

select * from final
