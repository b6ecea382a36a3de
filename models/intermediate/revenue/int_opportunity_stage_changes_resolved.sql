with records as (

    select * from {{ ref('stg_files__opportunity_stage_changes') }}

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
        stage,
        changed_at,
        known_at,
        {{ latest_mapped('amount', 'records_so_far') }} as amount,
        {{ latest_mapped('expected_close_date', 'records_so_far') }} as expected_close_date,
        {{ latest_mapped('win_probability', 'records_so_far') }} as win_probability,
        row_number() over (
            partition by opportunity_id, stage, changed_at
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by opportunity_id, stage, changed_at
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        opportunity_id,
        stage,
        changed_at,
        amount,
        expected_close_date,
        win_probability,
        known_at
    from carried_forward
    where
        place_from_last = 1
        and changed_at <= (select refresh_context.as_of from refresh_context)

)

select * from final
