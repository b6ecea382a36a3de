with stage_change_records as (

    select * from {{ ref('stg_files__lead_stage_changes') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select stage_change_records.*
    from stage_change_records
    cross join refresh_context
    where
        stage_change_records.known_at <= refresh_context.known_by
        and stage_change_records.changed_at <= refresh_context.as_of

),

carried_forward as (

    select
        lead_id,
        stage,
        changed_at,
        {{ latest_mapped('changed_by', 'records_so_far') }} as changed_by,
        {{ latest_mapped('reason', 'records_so_far') }} as reason,
        row_number() over (
            partition by lead_id, stage, changed_at
            order by {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by lead_id, stage, changed_at
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        lead_id,
        stage,
        changed_at,
        changed_by,
        reason
    from carried_forward
    where place_from_last = 1

)

select * from final
