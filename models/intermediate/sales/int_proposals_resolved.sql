with proposal_records as (

    select * from {{ ref('stg_files__proposals') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select
        proposal_records.*,
        refresh_context.as_of
    from proposal_records
    cross join refresh_context
    where proposal_records.known_at <= refresh_context.known_by

),

-- The same version delivered twice is one; what a later record names replaces the earlier.
carried_forward as (

    select
        proposal_id,
        version_number,
        as_of,
        known_at,
        {{ latest_mapped('opportunity_id', 'records_so_far') }} as opportunity_id,
        {{ latest_mapped('amount', 'records_so_far') }} as amount,
        {{ latest_mapped('currency', 'records_so_far') }} as currency,
        {{ latest_mapped('status', 'records_so_far') }} as status,
        {{ latest_mapped('created_at', 'records_so_far') }} as created_at,
        {{ latest_mapped('sent_at', 'records_so_far') }} as sent_at,
        {{ latest_mapped('decided_at', 'records_so_far') }} as decided_at,
        row_number() over (
            partition by proposal_id, version_number
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by proposal_id, version_number
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

-- A first load brings today's status; what happened after the as-of instant is not known yet.
as_known as (

    select
        *,
        status in ('accepted', 'rejected', 'expired') and coalesce(decided_at <= as_of, true)
            as is_decided,
        coalesce(sent_at > as_of, false) as is_sent_later
    from carried_forward
    where place_from_last = 1

),

final as (

    select
        proposal_id,
        version_number,
        opportunity_id,
        amount,
        currency,
        case
            when is_sent_later then 'draft'
            when status in ('accepted', 'rejected', 'expired') and not is_decided then 'sent'
            else status
        end as status,
        created_at,
        case when not is_sent_later then sent_at end as sent_at,
        case when is_decided and not is_sent_later then decided_at end as decided_at,
        known_at
    from as_known
    where coalesce(created_at, sent_at, decided_at, as_of) <= as_of

)

select * from final
