with source as (

    select * from {{ source('files', 'contacts') }}

),

final as (

    select
        cast(contact_id as varchar) as contact_id,
        cast(account_id as varchar) as account_id,
        cast(email as varchar) as email,
        cast(first_name as varchar) as first_name,
        cast(last_name as varchar) as last_name,
        cast(phone as varchar) as phone,
        cast(job_title as varchar) as job_title,
        cast(language as varchar) as language,
        cast(country_code as varchar) as country_code,
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
