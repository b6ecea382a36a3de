with records as (

    select * from {{ ref('stg_files__sales_costs') }}

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
        sales_cost_id,
        known_at,
        {{ latest_mapped('cost_month', 'records_so_far') }} as cost_month,
        {{ latest_mapped('team', 'records_so_far') }} as team,
        {{ latest_mapped('cost_type', 'records_so_far') }} as cost_type,
        {{ latest_mapped('amount', 'records_so_far') }} as amount,
        {{ latest_mapped('currency', 'records_so_far') }} as currency,
        {{ latest_mapped('new_business_share', 'records_so_far') }} as new_business_share,
        row_number() over (
            partition by sales_cost_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by sales_cost_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        sales_cost_id,
        cost_month,
        team,
        cost_type,
        amount,
        currency,
        new_business_share,
        known_at
    from carried_forward
    where
        place_from_last = 1
        and cost_month <= (select refresh_context.as_of from refresh_context)

)

select * from final
