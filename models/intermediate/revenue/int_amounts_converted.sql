with opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

subscriptions as (

    select * from {{ ref('int_subscriptions_resolved') }}

),

invoices as (

    select * from {{ ref('int_invoices_resolved') }}

),

marketing_spend as (

    select * from {{ ref('int_marketing_spend_resolved') }}

),

sales_costs as (

    select * from {{ ref('int_sales_costs_resolved') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_dated') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- A closed deal counts on the day of its close, an open one today.
amounts as (

    select
        'opportunities' as table_name,
        opportunities.opportunity_id as record_id,
        cast({{ in_time_zone(
            "case when opportunities.status = 'open' then refresh_context.as_of"
            ~ " else opportunities.closed_at end",
            'reporting.time_zone'
        ) }} as date) as amount_date,
        opportunities.amount,
        opportunities.currency
    from opportunities
    cross join refresh_context
    cross join reporting

    union all

    select
        'subscriptions' as table_name,
        subscription_id as record_id,
        starts_on as amount_date,
        recurring_amount as amount,
        currency
    from subscriptions

    union all

    select
        'invoices' as table_name,
        invoice_id as record_id,
        issued_on as amount_date,
        net_amount as amount,
        currency
    from invoices

    union all

    select
        'marketing_spend' as table_name,
        spend_id as record_id,
        spent_on as amount_date,
        amount,
        currency
    from marketing_spend

    union all

    select
        'sales_costs' as table_name,
        sales_cost_id as record_id,
        cost_month as amount_date,
        amount,
        currency
    from sales_costs

),

with_currency as (

    select
        amounts.table_name,
        amounts.record_id,
        amounts.amount_date,
        amounts.amount,
        nullif(upper(trim(amounts.currency)), '') as currency,
        reporting.currency_code as reporting_currency
    from amounts
    cross join reporting

),

-- The rate of the day, or the last one before it; a currency without one has none.
with_rate as (

    select
        with_currency.*,
        case
            when with_currency.currency = with_currency.reporting_currency then 1.0
            else exchange_rates.exchange_rate
        end as exchange_rate,
        exchange_rates.valid_from as exchange_rate_date
    from with_currency
    left join exchange_rates
        on
            with_currency.currency = exchange_rates.currency
            and with_currency.amount_date >= exchange_rates.valid_from
            and with_currency.amount_date
            < coalesce(exchange_rates.valid_until, cast('9999-12-31' as date))

),

final as (

    select
        table_name,
        record_id,
        amount_date,
        amount,
        currency,
        reporting_currency,
        cast(exchange_rate as double) as exchange_rate,
        exchange_rate_date,
        case
            when currency = reporting_currency then amount
            else cast(amount * cast(exchange_rate as double) as decimal(18, 4))
        end as reporting_amount,
        case
            when amount is null or exchange_rate is not null then null
            when currency is null then 'no_currency'
            when amount_date is null then 'no_date'
            else 'no_rate'
        end as missing_reason
    from with_rate

)

select * from final
