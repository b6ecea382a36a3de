with source as (

    select * from {{ source('files', 'opportunities') }}

),

final as (

    select
        cast(opportunity_id as varchar) as opportunity_id,
        cast(lead_id as varchar) as lead_id,
        cast(account_id as varchar) as account_id,
        cast(opportunity_name as varchar) as opportunity_name,
        cast(opportunity_type as varchar) as opportunity_type,
        cast(status as varchar) as status,
        cast(stage as varchar) as stage,
        cast(amount as decimal(18, 4)) as amount,
        cast(currency as varchar) as currency,
        cast(forecast_category as varchar) as forecast_category,
        cast(lost_reason as varchar) as lost_reason,
        cast(owner_id as varchar) as owner_id,
        cast(created_at as timestamp) as created_at,
        cast(closed_at as timestamp) as closed_at,
        cast(expected_close_date as date) as expected_close_date,
        cast(updated_at as timestamp) as updated_at,
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
