with invoices as (

    select * from {{ ref('int_invoices_resolved') }}

),

amounts as (

    select * from {{ ref('int_amounts_converted') }}
    where table_name = 'invoices'

),

subscriptions as (

    select * from {{ ref('int_subscriptions_assigned') }}

),

final as (

    select
        invoices.invoice_id,
        coalesce(
            invoices.account_id, subscriptions.customer_id, 'invoice ' || invoices.invoice_id
        ) as customer_id,
        invoices.issued_on,
        cast({{ dbt.date_trunc('month', 'invoices.issued_on') }} as date) as invoice_month,
        cast(amounts.reporting_amount as double) as net_amount,
        cast(invoices.margin_amount as double) * amounts.exchange_rate as margin_amount
    from invoices
    left join amounts
        on invoices.invoice_id = amounts.record_id
    left join subscriptions
        on invoices.subscription_id = subscriptions.subscription_id

)

select * from final
