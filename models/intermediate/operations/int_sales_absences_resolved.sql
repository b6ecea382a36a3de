with records as (

    select * from {{ ref('stg_files__sales_absences') }}

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
        sales_user_id,
        starts_on,
        {{ latest_mapped('ends_on', 'records_so_far') }} as ends_on,
        {{ latest_mapped('reason', 'records_so_far') }} as reason,
        row_number() over (
            partition by sales_user_id, starts_on
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by sales_user_id, starts_on
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        sales_user_id,
        starts_on,
        ends_on,
        reason
    from carried_forward
    where place_from_last = 1 and ends_on >= starts_on

)

select * from final
