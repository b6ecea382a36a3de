with records as (

    select * from {{ ref('stg_files__marketing_spend') }}

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
        spend_id,
        known_at,
        {{ latest_mapped('spent_on', 'records_so_far') }} as spent_on,
        {{ latest_mapped('channel', 'records_so_far') }} as channel,
        {{ latest_mapped('source', 'records_so_far') }} as source,
        {{ latest_mapped('campaign_id', 'records_so_far') }} as campaign_id,
        {{ latest_mapped('amount', 'records_so_far') }} as amount,
        {{ latest_mapped('currency', 'records_so_far') }} as currency,
        {{ latest_mapped('is_paid_media', 'records_so_far') }} as is_paid_media,
        row_number() over (
            partition by spend_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by spend_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        spend_id,
        spent_on,
        channel,
        source,
        campaign_id,
        amount,
        currency,
        is_paid_media,
        known_at
    from carried_forward
    where
        place_from_last = 1
        and spent_on <= (select refresh_context.as_of from refresh_context)

)

select * from final
