with forecasts as (

    select * from {{ ref('fct_bookings_forecasts') }}
    where origin_number = 0

),

final as (

    select
        period_number,
        period_starts_at,
        period_ends_at,
        reporting_currency,
        open_deal_count,
        assumed_deal_count,
        new_business_months,
        pipeline_amount,
        new_business_amount,
        expected_amount,
        low_amount,
        high_amount,
        weighted_pipeline_amount
    from forecasts

)

select * from final
