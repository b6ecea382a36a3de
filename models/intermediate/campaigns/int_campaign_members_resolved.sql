with records as (

    select * from {{ ref('stg_files__campaign_members') }}

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
        campaign_id,
        lead_id,
        {{ latest_mapped('joined_at', 'records_so_far') }} as joined_at,
        {{ latest_mapped('responded_at', 'records_so_far') }} as responded_at,
        row_number() over (
            partition by campaign_id, lead_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by campaign_id, lead_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

-- Records of one person are one member, since the first of them joined or responded.
final as (

    select
        carried_forward.campaign_id,
        coalesce(identities.surviving_lead_id, carried_forward.lead_id) as lead_id,
        min(
            case
                when carried_forward.joined_at <= refresh_context.as_of
                    then carried_forward.joined_at
            end
        ) as joined_at,
        min(
            case
                when carried_forward.responded_at <= refresh_context.as_of
                    then carried_forward.responded_at
            end
        ) as responded_at
    from carried_forward
    cross join refresh_context
    left join identities
        on carried_forward.lead_id = identities.lead_id
    where
        carried_forward.place_from_last = 1
        and coalesce(
            carried_forward.joined_at, carried_forward.responded_at, refresh_context.as_of
        ) <= refresh_context.as_of
    group by
        carried_forward.campaign_id,
        coalesce(identities.surviving_lead_id, carried_forward.lead_id)

)

select * from final
