with records as (

    select * from {{ ref('stg_files__subscriptions') }}

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
        subscription_id,
        known_at,
        {{ latest_mapped('account_id', 'records_so_far') }} as account_id,
        {{ latest_mapped('opportunity_id', 'records_so_far') }} as opportunity_id,
        {{ latest_mapped('recurring_amount', 'records_so_far') }} as recurring_amount,
        {{ latest_mapped('billing_period_months', 'records_so_far') }} as billing_period_months,
        {{ latest_mapped('currency', 'records_so_far') }} as currency,
        {{ latest_mapped('starts_on', 'records_so_far') }} as starts_on,
        {{ latest_mapped('ends_on', 'records_so_far') }} as ends_on,
        {{ latest_mapped('cancelled_at', 'records_so_far') }} as cancelled_at,
        {{ latest_mapped('cancel_reason', 'records_so_far') }} as cancel_reason,
        row_number() over (
            partition by subscription_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by subscription_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        subscription_id,
        account_id,
        opportunity_id,
        recurring_amount,
        billing_period_months,
        currency,
        starts_on,
        ends_on,
        cancelled_at,
        cancel_reason,
        known_at
    from carried_forward
    where place_from_last = 1

)

select * from final
