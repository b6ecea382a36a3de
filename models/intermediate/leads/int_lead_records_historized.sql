with lead_records as (

    select * from {{ ref('stg_files__leads') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select lead_records.*
    from lead_records
    cross join refresh_context
    where lead_records.known_at <= refresh_context.known_by

),

-- What a record does not speak of stays as the records before it said.
carried_forward as (

    select
        lead_id,
        known_at,
        is_known_at_assumed,
        {{ latest_mapped('email', 'records_so_far') }} as email,
        {{ latest_mapped('first_name', 'records_so_far') }} as first_name,
        {{ latest_mapped('last_name', 'records_so_far') }} as last_name,
        {{ latest_mapped('phone', 'records_so_far') }} as phone,
        {{ latest_mapped('job_title', 'records_so_far') }} as job_title,
        {{ latest_mapped('language', 'records_so_far') }} as language,
        {{ latest_mapped('country_code', 'records_so_far') }} as country_code,
        {{ latest_mapped('contact_id', 'records_so_far') }} as contact_id,
        {{ latest_mapped('account_id', 'records_so_far') }} as account_id,
        {{ latest_mapped('company_name', 'records_so_far') }} as company_name,
        {{ latest_mapped('company_domain', 'records_so_far') }} as company_domain,
        {{ latest_mapped('registration_number', 'records_so_far') }} as registration_number,
        {{ latest_mapped('industry', 'records_so_far') }} as industry,
        {{ latest_mapped('company_type', 'records_so_far') }} as company_type,
        {{ latest_mapped('employee_count', 'records_so_far') }} as employee_count,
        {{ latest_mapped('annual_revenue', 'records_so_far') }} as annual_revenue,
        {{ latest_mapped('revenue_currency', 'records_so_far') }} as revenue_currency,
        {{ latest_mapped('is_listed', 'records_so_far') }} as is_listed,
        {{ latest_mapped('tech_stack', 'records_so_far') }} as tech_stack,
        {{ latest_mapped('strategic_issues', 'records_so_far') }} as strategic_issues,
        {{ latest_mapped('source', 'records_so_far') }} as source,
        {{ latest_mapped('utm_source', 'records_so_far') }} as utm_source,
        {{ latest_mapped('utm_medium', 'records_so_far') }} as utm_medium,
        {{ latest_mapped('utm_campaign', 'records_so_far') }} as utm_campaign,
        {{ latest_mapped('utm_term', 'records_so_far') }} as utm_term,
        {{ latest_mapped('utm_content', 'records_so_far') }} as utm_content,
        {{ latest_mapped('campaign_id', 'records_so_far') }} as campaign_id,
        {{ latest_mapped('partner_id', 'records_so_far') }} as partner_id,
        {{ latest_mapped('provenance', 'records_so_far') }} as provenance,
        {{ latest_mapped('notice_given_at', 'records_so_far') }} as notice_given_at,
        {{ latest_mapped('deleted_at', 'records_so_far') }} as deleted_at,
        {{ latest_mapped('lead_type', 'records_so_far') }} as lead_type,
        {{ latest_mapped('owner_id', 'records_so_far') }} as owner_id,
        {{ latest_mapped('created_at', 'records_so_far') }} as created_at,
        {{ latest_mapped('updated_at', 'records_so_far') }} as updated_at,
        row_number() over (
            partition by lead_id, known_at
            order by {{ record_order('desc', 'updated_at') }}
        ) as place_at_instant
    from known_records
    window
        records_so_far as (
            partition by lead_id
            order by {{ record_order('asc', 'updated_at') }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        lead_id,
        known_at as valid_from,
        lead(known_at) over (partition by lead_id order by known_at) as valid_to,
        is_known_at_assumed,
        email,
        first_name,
        last_name,
        phone,
        job_title,
        language,
        country_code,
        contact_id,
        account_id,
        company_name,
        company_domain,
        registration_number,
        industry,
        company_type,
        employee_count,
        annual_revenue,
        revenue_currency,
        is_listed,
        tech_stack,
        strategic_issues,
        source,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_term,
        utm_content,
        campaign_id,
        partner_id,
        provenance,
        notice_given_at,
        deleted_at,
        lead_type,
        owner_id,
        created_at,
        updated_at
    from carried_forward
    where place_at_instant = 1

)

select * from final
