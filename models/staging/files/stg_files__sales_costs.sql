with source as (

    select * from {{ source('files', 'sales_costs') }}

),

final as (

    select
        cast(sales_cost_id as varchar) as sales_cost_id,
        cast(cost_month as date) as cost_month,
        cast(team as varchar) as team,
        cast(cost_type as varchar) as cost_type,
        cast(amount as decimal(18, 4)) as amount,
        cast(currency as varchar) as currency,
        cast(new_business_share as double) as new_business_share,
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
