with qualification_records as (

    select * from {{ ref('stg_files__qualifications') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select
        qualification_records.*,
        refresh_context.as_of
    from qualification_records
    cross join refresh_context
    where qualification_records.known_at <= refresh_context.known_by

),

-- The same qualification delivered twice is one; what a later record names replaces the earlier.
carried_forward as (

    select
        qualification_id,
        as_of,
        known_at,
        {{ latest_mapped('lead_id', 'records_so_far') }} as lead_id,
        {{ latest_mapped('account_id', 'records_so_far') }} as account_id,
        {{ latest_mapped('opportunity_id', 'records_so_far') }} as opportunity_id,
        {{ latest_mapped('framework', 'records_so_far') }} as framework,
        {{ latest_mapped('criterion', 'records_so_far') }} as criterion,
        {{ latest_mapped('answer', 'records_so_far') }} as answer,
        {{ latest_mapped('status', 'records_so_far') }} as status,
        {{ latest_mapped('evidence', 'records_so_far') }} as evidence,
        {{ latest_mapped('answered_by', 'records_so_far') }} as answered_by,
        {{ latest_mapped('answered_at', 'records_so_far') }} as answered_at,
        row_number() over (
            partition by qualification_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by qualification_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        qualification_id,
        lead_id,
        account_id,
        opportunity_id,
        framework,
        criterion,
        answer,
        status,
        evidence,
        answered_by,
        answered_at,
        known_at
    from carried_forward
    where
        place_from_last = 1
        and answered_at <= as_of

)

select * from final
