with records as (

    select * from {{ ref('stg_files__opportunity_contacts') }}

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
        opportunity_id,
        lead_id,
        {{ latest_mapped('buying_role', 'records_so_far') }} as buying_role,
        {{ latest_mapped('is_primary', 'records_so_far') }} as is_primary,
        {{ latest_mapped('added_at', 'records_so_far') }} as added_at,
        row_number() over (
            partition by opportunity_id, lead_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by opportunity_id, lead_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

resolved as (

    select
        carried_forward.opportunity_id,
        coalesce(identities.surviving_lead_id, carried_forward.lead_id) as lead_id,
        carried_forward.buying_role,
        carried_forward.is_primary,
        carried_forward.added_at
    from carried_forward
    cross join refresh_context
    left join identities
        on carried_forward.lead_id = identities.lead_id
    where
        carried_forward.place_from_last = 1
        and coalesce(carried_forward.added_at, refresh_context.as_of) <= refresh_context.as_of

),

final as (

    select
        opportunity_id,
        lead_id,
        max(buying_role) as buying_role,
        max(case when is_primary then 1 else 0 end) = 1 as is_primary,
        min(added_at) as added_at
    from resolved
    group by opportunity_id, lead_id

)

select * from final
