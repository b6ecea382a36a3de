with records as (

    select * from {{ ref('stg_files__invoices') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select records.*
    from records
    cross join refresh_context
    where records.known_at <= refresh_context.known_by

),

carried_forward as (

    select
        invoice_id,
        known_at,
        {{ latest_mapped('account_id', 'records_so_far') }} as account_id,
        {{ latest_mapped('subscription_id', 'records_so_far') }} as subscription_id,
        {{ latest_mapped('issued_on', 'records_so_far') }} as issued_on,
        {{ latest_mapped('net_amount', 'records_so_far') }} as net_amount,
        {{ latest_mapped('margin_amount', 'records_so_far') }} as margin_amount,
        {{ latest_mapped('currency', 'records_so_far') }} as currency,
        {{ latest_mapped('paid_at', 'records_so_far') }} as paid_at,
        row_number() over (
            partition by invoice_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by invoice_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        invoice_id,
        account_id,
        subscription_id,
        issued_on,
        net_amount,
        margin_amount,
        currency,
        paid_at,
        known_at
    from carried_forward
    where
        place_from_last = 1
        and issued_on <= (select refresh_context.as_of from refresh_context)

)

select * from final
