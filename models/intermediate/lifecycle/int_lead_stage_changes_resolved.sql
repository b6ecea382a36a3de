with stage_change_records as (

    select * from {{ ref('stg_files__lead_stage_changes') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

people as (

    select distinct surviving_lead_id as lead_id
    from identities
    where surviving_lead_id <> lead_id

),

rejection_reasons as (

    select * from {{ ref('rejection_reasons') }}

),

-- What was recorded of any record of a person is the person's.
known_records as (

    select
        coalesce(identities.surviving_lead_id, stage_change_records.lead_id) as lead_id,
        stage_change_records.stage,
        stage_change_records.changed_at,
        stage_change_records.changed_by,
        stage_change_records.reason,
        stage_change_records.known_at,
        stage_change_records.mapped_columns,
        stage_change_records.input_name,
        stage_change_records.file_name,
        stage_change_records.file_digest,
        stage_change_records.file_line
    from stage_change_records
    left join identities
        on stage_change_records.lead_id = identities.lead_id
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

-- That a record was a duplicate says nothing of the person who has another one.
final as (

    select
        carried_forward.lead_id,
        carried_forward.stage,
        carried_forward.changed_at,
        carried_forward.changed_by,
        carried_forward.reason
    from carried_forward
    left join people
        on carried_forward.lead_id = people.lead_id
    left join rejection_reasons
        on lower(carried_forward.reason) = rejection_reasons.reason
    where
        carried_forward.place_from_last = 1
        and (
            people.lead_id is null
            or not coalesce(rejection_reasons.is_of_record, false)
        )

)

select * from final
