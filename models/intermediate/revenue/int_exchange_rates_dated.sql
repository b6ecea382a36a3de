with exchange_rates as (

    select * from {{ ref('int_exchange_rates_resolved') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

quoted as (

    select
        upper(trim(exchange_rates.currency)) as currency,
        exchange_rates.rate_date,
        exchange_rates.rate as exchange_rate,
        false as is_inverse
    from exchange_rates
    inner join reporting
        on upper(trim(exchange_rates.base_currency)) = reporting.currency_code
    where exchange_rates.rate > 0

),

inverted as (

    select
        upper(trim(exchange_rates.base_currency)) as currency,
        exchange_rates.rate_date,
        1.0 / exchange_rates.rate as exchange_rate,
        true as is_inverse
    from exchange_rates
    inner join reporting
        on upper(trim(exchange_rates.currency)) = reporting.currency_code
    where exchange_rates.rate > 0

),

both_ways as (

    select * from quoted
    union all
    select * from inverted

),

-- A rate as quoted goes before one that was turned round.
ranked as (

    select
        both_ways.*,
        row_number() over (
            partition by both_ways.currency, both_ways.rate_date
            order by both_ways.is_inverse, both_ways.exchange_rate
        ) as place
    from both_ways
    left join reporting
        on both_ways.currency = reporting.currency_code
    where reporting.currency_code is null

),

final as (

    select
        currency,
        rate_date as valid_from,
        lead(rate_date) over (partition by currency order by rate_date) as valid_until,
        exchange_rate,
        is_inverse
    from ranked
    where place = 1

)

select * from final
