with contact_records as (

    select * from {{ ref('stg_files__contacts') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select contact_records.*
    from contact_records
    cross join refresh_context
    where contact_records.known_at <= refresh_context.known_by

),

-- What a record does not speak of stays as the records before it said.
carried_forward as (

    select
        contact_id,
        known_at,
        {{ latest_mapped('account_id', 'records_so_far') }} as account_id,
        {{ latest_mapped('email', 'records_so_far') }} as email,
        {{ latest_mapped('first_name', 'records_so_far') }} as first_name,
        {{ latest_mapped('last_name', 'records_so_far') }} as last_name,
        {{ latest_mapped('phone', 'records_so_far') }} as phone,
        {{ latest_mapped('job_title', 'records_so_far') }} as job_title,
        {{ latest_mapped('language', 'records_so_far') }} as language,
        {{ latest_mapped('country_code', 'records_so_far') }} as country_code,
        {{ latest_mapped('created_at', 'records_so_far') }} as created_at,
        {{ latest_mapped('updated_at', 'records_so_far') }} as updated_at,
        row_number() over (
            partition by contact_id, known_at
            order by {{ record_order('desc', 'updated_at') }}
        ) as place_at_instant
    from known_records
    window
        records_so_far as (
            partition by contact_id
            order by {{ record_order('asc', 'updated_at') }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        contact_id,
        known_at as valid_from,
        lead(known_at) over (partition by contact_id order by known_at) as valid_to,
        account_id,
        email,
        first_name,
        last_name,
        phone,
        job_title,
        language,
        country_code,
        created_at,
        updated_at
    from carried_forward
    where place_at_instant = 1

)

select * from final
