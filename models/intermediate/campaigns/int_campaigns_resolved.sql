with records as (

    select * from {{ ref('stg_files__campaigns') }}

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
        {{ latest_mapped('campaign_name', 'records_so_far') }} as campaign_name,
        {{ latest_mapped('channel', 'records_so_far') }} as channel,
        {{ latest_mapped('starts_on', 'records_so_far') }} as starts_on,
        {{ latest_mapped('ends_on', 'records_so_far') }} as ends_on,
        row_number() over (
            partition by campaign_id
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by campaign_id
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        campaign_id,
        campaign_name,
        channel,
        starts_on,
        ends_on
    from carried_forward
    where place_from_last = 1

)

select * from final
