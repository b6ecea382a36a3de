with consent_records as (

    select * from {{ ref('stg_files__consents') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

known_records as (

    select
        consent_records.*,
        refresh_context.as_of
    from consent_records
    cross join refresh_context
    where consent_records.known_at <= refresh_context.known_by

),

-- The same consent delivered twice is one; what a later record names replaces the earlier.
carried_forward as (

    select
        consent_id,
        as_of,
        known_at,
        {{ latest_mapped('lead_id', 'records_so_far') }} as lead_id,
        {{ latest_mapped('email', 'records_so_far') }} as email,
        {{ latest_mapped('purpose', 'records_so_far') }} as purpose,
        {{ latest_mapped('channel', 'records_so_far') }} as channel,
        {{ latest_mapped('legal_ground', 'records_so_far') }} as legal_ground,
        {{ latest_mapped('status', 'records_so_far') }} as status,
        {{ latest_mapped('proof', 'records_so_far') }} as proof,
        {{ latest_mapped('form_version', 'records_so_far') }} as form_version,
        {{ latest_mapped('recorded_at', 'records_so_far') }} as recorded_at,
        row_number() over (
            partition by consent_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by consent_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        carried_forward.consent_id,
        coalesce(identities.surviving_lead_id, carried_forward.lead_id) as lead_id,
        carried_forward.email,
        carried_forward.purpose,
        carried_forward.channel,
        carried_forward.legal_ground,
        carried_forward.status,
        carried_forward.proof,
        carried_forward.form_version,
        carried_forward.recorded_at,
        carried_forward.known_at
    from carried_forward
    left join identities
        on carried_forward.lead_id = identities.lead_id
    where
        carried_forward.place_from_last = 1
        and carried_forward.recorded_at <= carried_forward.as_of

)

select * from final
