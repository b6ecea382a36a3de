with opportunity_records as (

    select * from {{ ref('stg_files__opportunities') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

known_records as (

    select opportunity_records.*
    from opportunity_records
    cross join refresh_context
    where opportunity_records.known_at <= refresh_context.known_by

),

carried_forward as (

    select
        opportunity_id,
        known_at,
        is_known_at_assumed,
        {{ latest_mapped('lead_id', 'records_so_far') }} as lead_id,
        {{ latest_mapped('account_id', 'records_so_far') }} as account_id,
        {{ latest_mapped('opportunity_name', 'records_so_far') }} as opportunity_name,
        {{ latest_mapped('opportunity_type', 'records_so_far') }} as opportunity_type,
        {{ latest_mapped('status', 'records_so_far') }} as status,
        {{ latest_mapped('stage', 'records_so_far') }} as stage,
        {{ latest_mapped('amount', 'records_so_far') }} as amount,
        {{ latest_mapped('currency', 'records_so_far') }} as currency,
        {{ latest_mapped('forecast_category', 'records_so_far') }} as forecast_category,
        {{ latest_mapped('lost_reason', 'records_so_far') }} as lost_reason,
        {{ latest_mapped('owner_id', 'records_so_far') }} as owner_id,
        {{ latest_mapped('created_at', 'records_so_far') }} as created_at,
        {{ latest_mapped('closed_at', 'records_so_far') }} as closed_at,
        {{ latest_mapped('expected_close_date', 'records_so_far') }} as expected_close_date,
        {{ latest_mapped('updated_at', 'records_so_far') }} as updated_at,
        row_number() over (
            partition by opportunity_id
            order by {{ record_order('desc', 'updated_at') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by opportunity_id
            order by {{ record_order('asc', 'updated_at') }}
            rows between unbounded preceding and current row
        )

),

latest_known as (

    select
        carried_forward.*,
        coalesce(identities.surviving_lead_id, carried_forward.lead_id) as surviving_lead_id,
        refresh_context.as_of,
        -- A first load brings today's status; a close after the as-of instant is not known yet.
        carried_forward.status in ('won', 'lost')
        and (
            carried_forward.closed_at is null
            or carried_forward.closed_at <= refresh_context.as_of
        ) as is_closed
    from carried_forward
    left join identities
        on carried_forward.lead_id = identities.lead_id
    cross join refresh_context
    where carried_forward.place_from_last = 1

),

final as (

    select
        opportunity_id,
        surviving_lead_id as lead_id,
        account_id,
        opportunity_name,
        coalesce(opportunity_type, 'new') as opportunity_type,
        case when is_closed then status else 'open' end as status,
        stage,
        amount,
        currency,
        forecast_category,
        case when is_closed then lost_reason end as lost_reason,
        owner_id,
        created_at,
        -- On an open deal a close date is an expectation.
        case when is_closed then closed_at end as closed_at,
        case
            when is_closed then expected_close_date
            else coalesce(expected_close_date, cast(closed_at as date))
        end as expected_close_date,
        known_at,
        is_known_at_assumed
    from latest_known
    where created_at is null or created_at <= as_of

)

select * from final
