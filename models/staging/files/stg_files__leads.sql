with source as (

    select * from {{ source('files', 'leads') }}

),

final as (

    select
        cast(lead_id as varchar) as lead_id,
        cast(email as varchar) as email,
        cast(first_name as varchar) as first_name,
        cast(last_name as varchar) as last_name,
        cast(phone as varchar) as phone,
        cast(job_title as varchar) as job_title,
        cast(language as varchar) as language,
        cast(country_code as varchar) as country_code,
        cast(contact_id as varchar) as contact_id,
        cast(account_id as varchar) as account_id,
        cast(company_name as varchar) as company_name,
        cast(company_domain as varchar) as company_domain,
        cast(registration_number as varchar) as registration_number,
        cast(industry as varchar) as industry,
        cast(company_type as varchar) as company_type,
        cast(employee_count as bigint) as employee_count,
        cast(annual_revenue as decimal(18, 4)) as annual_revenue,
        cast(revenue_currency as varchar) as revenue_currency,
        cast(is_listed as boolean) as is_listed,
        cast(tech_stack as varchar) as tech_stack,
        cast(strategic_issues as varchar) as strategic_issues,
        cast(source as varchar) as source,
        cast(utm_source as varchar) as utm_source,
        cast(utm_medium as varchar) as utm_medium,
        cast(utm_campaign as varchar) as utm_campaign,
        cast(utm_term as varchar) as utm_term,
        cast(utm_content as varchar) as utm_content,
        cast(campaign_id as varchar) as campaign_id,
        cast(partner_id as varchar) as partner_id,
        cast(provenance as varchar) as provenance,
        cast(notice_given_at as timestamp) as notice_given_at,
        cast(deleted_at as timestamp) as deleted_at,
        cast(lead_type as varchar) as lead_type,
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
