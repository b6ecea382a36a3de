with amounts as (

    select * from {{ ref('int_amounts_converted') }}

),

by_month as (

    select
        table_name,
        missing_reason,
        currency,
        cast({{ dbt.date_trunc('month', 'amount_date') }} as date) as amount_month,
        count(*) as record_count,
        sum(amount) as amount,
        min(amount_date) as first_amount_date,
        max(amount_date) as last_amount_date
    from amounts
    where missing_reason is not null
    group by
        table_name,
        missing_reason,
        currency,
        cast({{ dbt.date_trunc('month', 'amount_date') }} as date)

),

final as (

    select
        {{ surrogate_key(['table_name', 'missing_reason', 'currency', 'amount_month']) }}
            as missing_exchange_rate_id,
        table_name,
        missing_reason,
        currency,
        amount_month,
        cast(record_count as bigint) as record_count,
        cast(amount as decimal(38, 4)) as amount,
        first_amount_date,
        last_amount_date
    from by_month

)

select * from final
