with source as (

    select * from {{ source('files', 'subscriptions') }}

),

final as (

    select
        cast(subscription_id as varchar) as subscription_id,
        cast(account_id as varchar) as account_id,
        cast(opportunity_id as varchar) as opportunity_id,
        cast(recurring_amount as decimal(18, 4)) as recurring_amount,
        cast(billing_period_months as bigint) as billing_period_months,
        cast(currency as varchar) as currency,
        cast(starts_on as date) as starts_on,
        cast(ends_on as date) as ends_on,
        cast(cancelled_at as timestamp) as cancelled_at,
        cast(cancel_reason as varchar) as cancel_reason,
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
