with qualification_records as (

    select * from {{ ref('stg_files__qualifications') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

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
        carried_forward.qualification_id,
        coalesce(identities.surviving_lead_id, carried_forward.lead_id) as lead_id,
        carried_forward.account_id,
        carried_forward.opportunity_id,
        carried_forward.framework,
        carried_forward.criterion,
        carried_forward.answer,
        carried_forward.status,
        carried_forward.evidence,
        carried_forward.answered_by,
        carried_forward.answered_at,
        carried_forward.known_at
    from carried_forward
    left join identities
        on carried_forward.lead_id = identities.lead_id
    where
        carried_forward.place_from_last = 1
        and carried_forward.answered_at <= carried_forward.as_of

)

select * from final
