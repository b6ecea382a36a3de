with subscriptions as (

    select * from {{ ref('int_subscriptions_resolved') }}

),

amounts as (

    select * from {{ ref('int_amounts_converted') }}
    where table_name = 'subscriptions'

),

customers as (

    select * from {{ ref('int_customers_acquired') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

final as (

    select
        subscriptions.subscription_id,
        coalesce(
            subscriptions.account_id,
            customers.customer_id,
            'subscription ' || subscriptions.subscription_id
        ) as customer_id,
        subscriptions.starts_on,
        cast({{ in_time_zone('subscriptions.cancelled_at', 'reporting.time_zone') }} as date)
            as cancelled_on,
        cast(amounts.reporting_amount as double) / nullif(subscriptions.billing_period_months, 0)
            as monthly_amount
    from subscriptions
    left join amounts
        on subscriptions.subscription_id = amounts.record_id
    left join customers
        on subscriptions.opportunity_id = customers.opportunity_id
    cross join reporting
    where subscriptions.starts_on is not null

)

select * from final
