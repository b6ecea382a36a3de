with records as (

    select * from {{ ref('stg_files__exchange_rates') }}

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
        rate_date,
        currency,
        base_currency,
        known_at,
        {{ latest_mapped('rate', 'records_so_far') }} as rate,
        row_number() over (
            partition by rate_date, currency, base_currency
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by rate_date, currency, base_currency
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        rate_date,
        currency,
        base_currency,
        rate,
        known_at
    from carried_forward
    where
        place_from_last = 1
        and rate_date <= (select refresh_context.as_of from refresh_context)

)

select * from final
