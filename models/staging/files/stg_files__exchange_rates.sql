with source as (

    select * from {{ source('files', 'exchange_rates') }}

),

final as (

    select
        cast(rate_date as date) as rate_date,
        cast(currency as varchar) as currency,
        cast(base_currency as varchar) as base_currency,
        cast(rate as double) as rate,
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
