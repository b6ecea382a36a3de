with customers as (

    select * from {{ ref('int_customers_acquired') }}
    where is_new_customer

),

touches as (

    select * from {{ ref('int_touches_ordered') }}
    where touch_number = 1

),

reporting as (

    select * from {{ ref('reporting') }}

),

lags as (

    select
        customers.customer_id,
        {{ dbt.datediff(
            in_time_zone('touches.touched_at', 'reporting.time_zone'), 'customers.won_month', 'month'
        ) }} as lag_months,
        {{ days_between('touches.touched_at', 'customers.won_at') }} as lag_days
    from customers
    left join touches
        on customers.opportunity_id = touches.opportunity_id
    cross join reporting

),

counted as (

    select
        lag_months,
        count(*) as new_customer_count,
        {{ median('lag_days') }} as median_lag_days
    from lags
    group by lag_months

),

final as (

    select
        {{ surrogate_key(['lag_months']) }} as acquisition_lag_id,
        cast(lag_months as bigint) as lag_months,
        cast(new_customer_count as bigint) as new_customer_count,
        cast(
            sum(case when lag_months is not null then new_customer_count else 0 end) over ()
            as bigint
        ) as touched_customer_count,
        case
            when lag_months is not null
                then
                    cast(new_customer_count as double) / nullif(
                        sum(case when lag_months is not null then new_customer_count else 0 end)
                            over (),
                        0
                    )
        end as lag_share,
        cast(median_lag_days as double) as median_lag_days
    from counted

)

select * from final
