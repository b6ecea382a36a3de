with account_records as (

    select * from {{ ref('stg_files__accounts') }}

),

landed_files as (

    select * from {{ ref('stg_files__landed_files') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select
        account_records.*,
        landed_files.received_at
    from account_records
    left join landed_files
        on
            account_records.input_name = landed_files.input_name
            and account_records.file_digest = landed_files.file_digest
            and account_records.file_name = landed_files.file_name
    cross join refresh_context
    where account_records.known_at <= refresh_context.known_by

),

-- What a record does not speak of stays as the records before it said.
carried_forward as (

    select
        account_id,
        known_at,
        -- What a first load says was so since the record began is today's value.
        case when is_known_at_assumed then coalesce(received_at, known_at) else known_at end
            as told_at,
        {{ latest_mapped('account_name', 'records_so_far') }} as account_name,
        {{ latest_mapped('domain', 'records_so_far') }} as domain,
        {{ latest_mapped('registration_number', 'records_so_far') }} as registration_number,
        {{ latest_mapped('sector_code', 'records_so_far') }} as sector_code,
        {{ latest_mapped('industry', 'records_so_far') }} as industry,
        {{ latest_mapped('employee_count', 'records_so_far') }} as employee_count,
        {{ latest_mapped('country_code', 'records_so_far') }} as country_code,
        {{ latest_mapped('tech_stack', 'records_so_far') }} as tech_stack,
        {{ latest_mapped('strategic_issues', 'records_so_far') }} as strategic_issues,
        {{ latest_mapped('listed_index', 'records_so_far') }} as listed_index,
        {{ latest_mapped('parent_account_id', 'records_so_far') }} as parent_account_id,
        {{ latest_mapped('account_status', 'records_so_far') }} as account_status,
        {{ latest_mapped('account_tier', 'records_so_far') }} as account_tier,
        {{ latest_mapped('owner_id', 'records_so_far') }} as owner_id,
        {{ latest_mapped('created_at', 'records_so_far') }} as created_at,
        {{ latest_mapped('updated_at', 'records_so_far') }} as updated_at,
        row_number() over (
            partition by account_id, known_at
            order by {{ record_order('desc', 'updated_at') }}
        ) as place_at_instant
    from known_records
    window
        records_so_far as (
            partition by account_id
            order by {{ record_order('asc', 'updated_at') }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        account_id,
        known_at as valid_from,
        lead(known_at) over (partition by account_id order by known_at) as valid_to,
        told_at,
        account_name,
        domain,
        registration_number,
        sector_code,
        industry,
        employee_count,
        country_code,
        tech_stack,
        strategic_issues,
        listed_index,
        parent_account_id,
        account_status,
        account_tier,
        owner_id,
        created_at,
        updated_at
    from carried_forward
    where place_at_instant = 1

)

select * from final
