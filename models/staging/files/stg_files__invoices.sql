with source as (

    select * from {{ source('files', 'invoices') }}

),

final as (

    select
        cast(invoice_id as varchar) as invoice_id,
        cast(account_id as varchar) as account_id,
        cast(subscription_id as varchar) as subscription_id,
        cast(issued_on as date) as issued_on,
        cast(net_amount as decimal(18, 4)) as net_amount,
        cast(margin_amount as decimal(18, 4)) as margin_amount,
        cast(currency as varchar) as currency,
        cast(paid_at as timestamp) as paid_at,
        known_at,
        is_known_at_assumed,
        mapped_columns,
        input_name,
        file_name,
        file_digest,
        file_line
    from source

)

select * from final
