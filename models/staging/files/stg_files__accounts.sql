with source as (

    select * from {{ source('files', 'accounts') }}

),

final as (

    select
        cast(account_id as varchar) as account_id,
        cast(account_name as varchar) as account_name,
        cast(domain as varchar) as domain,
        cast(registration_number as varchar) as registration_number,
        cast(sector_code as varchar) as sector_code,
        cast(industry as varchar) as industry,
        cast(employee_count as bigint) as employee_count,
        cast(country_code as varchar) as country_code,
        cast(tech_stack as varchar) as tech_stack,
        cast(strategic_issues as varchar) as strategic_issues,
        cast(listed_index as varchar) as listed_index,
        cast(parent_account_id as varchar) as parent_account_id,
        cast(account_status as varchar) as account_status,
        cast(account_tier as varchar) as account_tier,
        cast(owner_id as varchar) as owner_id,
        cast(created_at as timestamp) as created_at,
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
