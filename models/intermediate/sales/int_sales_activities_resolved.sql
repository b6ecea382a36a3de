with sales_activity_records as (

    select * from {{ ref('stg_files__sales_activities') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

known_records as (

    select
        sales_activity_records.*,
        refresh_context.as_of
    from sales_activity_records
    cross join refresh_context
    where sales_activity_records.known_at <= refresh_context.known_by

),

-- The same sales activity delivered twice is one; what a later record names replaces the earlier.
carried_forward as (

    select
        sales_activity_id,
        as_of,
        known_at,
        {{ latest_mapped('lead_id', 'records_so_far') }} as lead_id,
        {{ latest_mapped('account_id', 'records_so_far') }} as account_id,
        {{ latest_mapped('opportunity_id', 'records_so_far') }} as opportunity_id,
        {{ latest_mapped('sales_user_id', 'records_so_far') }} as sales_user_id,
        {{ latest_mapped('activity_type', 'records_so_far') }} as activity_type,
        {{ latest_mapped('direction', 'records_so_far') }} as direction,
        {{ latest_mapped('is_automatic', 'records_so_far') }} as is_automatic,
        {{ latest_mapped('created_at', 'records_so_far') }} as created_at,
        {{ latest_mapped('occurred_at', 'records_so_far') }} as occurred_at,
        {{ latest_mapped('scheduled_for', 'records_so_far') }} as scheduled_for,
        {{ latest_mapped('meeting_status', 'records_so_far') }} as meeting_status,
        {{ latest_mapped('duration_minutes', 'records_so_far') }} as duration_minutes,
        {{ latest_mapped('outcome', 'records_so_far') }} as outcome,
        row_number() over (
            partition by sales_activity_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by sales_activity_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        carried_forward.sales_activity_id,
        coalesce(identities.surviving_lead_id, carried_forward.lead_id) as lead_id,
        carried_forward.account_id,
        carried_forward.opportunity_id,
        carried_forward.sales_user_id,
        carried_forward.activity_type,
        carried_forward.direction,
        carried_forward.is_automatic,
        carried_forward.created_at,
        carried_forward.occurred_at,
        carried_forward.scheduled_for,
        carried_forward.meeting_status,
        carried_forward.duration_minutes,
        carried_forward.outcome,
        carried_forward.known_at
    from carried_forward
    left join identities
        on carried_forward.lead_id = identities.lead_id
    where
        carried_forward.place_from_last = 1
        and coalesce(carried_forward.created_at, carried_forward.occurred_at)
        <= carried_forward.as_of

)

select * from final
