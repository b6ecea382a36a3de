with records as (

    select * from {{ ref('stg_files__lead_assignments') }}

),

lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select records.*
    from records
    cross join refresh_context
    where records.known_at <= refresh_context.known_by

),

carried_forward as (

    select
        lead_id,
        assigned_at,
        {{ latest_mapped('owner_id', 'records_so_far') }} as owner_id,
        {{ latest_mapped('assigned_by', 'records_so_far') }} as assigned_by,
        row_number() over (
            partition by lead_id, assigned_at
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by lead_id, assigned_at
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

assignments as (

    select
        coalesce(identities.surviving_lead_id, carried_forward.lead_id) as lead_id,
        carried_forward.assigned_at as told_at,
        carried_forward.owner_id,
        'assignment' as told_by,
        carried_forward.lead_id as record_id
    from carried_forward
    cross join refresh_context
    left join identities
        on carried_forward.lead_id = identities.lead_id
    where
        carried_forward.place_from_last = 1
        and carried_forward.assigned_at <= refresh_context.as_of

),

leads_assigned as (

    select distinct lead_id from assignments

),

versions_compared as (

    select
        *,
        lag(owner_id) over (partition by lead_id order by valid_from) as previous_owner_id
    from lead_versions

),

-- What a first load says of the owner is today's value: a recorded assignment knows better.
owners_on_records as (

    select
        versions_compared.lead_id,
        versions_compared.valid_from as told_at,
        versions_compared.owner_id,
        'lead record' as told_by,
        versions_compared.lead_id as record_id
    from versions_compared
    left join leads_assigned
        on versions_compared.lead_id = leads_assigned.lead_id
    where
        coalesce(versions_compared.owner_id, '')
        <> coalesce(versions_compared.previous_owner_id, '')
        and (leads_assigned.lead_id is null or not versions_compared.is_known_at_assumed)

),

told as (

    select * from assignments
    union all
    select * from owners_on_records

),

ranked as (

    select
        *,
        row_number() over (
            partition by lead_id, told_at
            order by told_by asc, record_id asc
        ) as place
    from told

),

final as (

    select
        lead_id,
        told_at as valid_from,
        lead(told_at) over (partition by lead_id order by told_at) as valid_to,
        owner_id,
        told_by
    from ranked
    where place = 1

)

select * from final
