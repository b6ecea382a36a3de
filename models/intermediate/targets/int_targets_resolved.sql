with records as (

    select * from {{ ref('stg_files__targets') }}

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
        target_month,
        team,
        metric,
        {{ latest_mapped('target_value', 'records_so_far') }} as target_value,
        row_number() over (
            partition by target_month, team, metric
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by target_month, team, metric
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        cast({{ dbt.date_trunc('month', 'target_month') }} as date) as target_month,
        team,
        metric,
        target_value
    from carried_forward
    where place_from_last = 1

)

select * from final
