-- A lead follows its latest merge. Of merges that go round in a circle the latest one counts: its
-- survivor stays, and does not follow its own.
with recursive merge_records as (

    select * from {{ ref('stg_files__lead_merges') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select merge_records.*
    from merge_records
    cross join refresh_context
    where
        merge_records.known_at <= refresh_context.known_by
        and merge_records.merged_at <= refresh_context.as_of

),

carried_forward as (

    select
        merged_lead_id,
        merged_at,
        {{ latest_mapped('surviving_lead_id', 'records_so_far') }} as surviving_lead_id,
        {{ latest_mapped('merged_by', 'records_so_far') }} as merged_by,
        row_number() over (
            partition by merged_lead_id
            order by merged_at desc, {{ record_order('desc') }}
        ) as place_from_last
    from known_records
    window
        records_so_far as (
            partition by merged_lead_id, merged_at
            order by {{ record_order() }}
            rows between unbounded preceding and current row
        )

),

latest as (

    select * from carried_forward
    where place_from_last = 1

),

standing as (

    select * from latest
    where surviving_lead_id <> merged_lead_id

),

-- From each merge along earlier ones: only the latest of a circle comes back to where it began.
walks as (

    select
        merged_lead_id as began_with,
        merged_at as began_at,
        surviving_lead_id as reached
    from standing
    union
    select
        walks.began_with,
        walks.began_at,
        standing.surviving_lead_id as reached
    from walks
    inner join standing
        on
            walks.reached = standing.merged_lead_id
            and (
                walks.began_at > standing.merged_at
                or (
                    walks.began_at = standing.merged_at
                    and walks.began_with > standing.merged_lead_id
                )
            )

),

circles as (

    select standing.surviving_lead_id as staying_lead_id
    from walks
    inner join standing
        on walks.began_with = standing.merged_lead_id
    where walks.reached = walks.began_with

),

final as (

    select
        latest.merged_lead_id,
        latest.surviving_lead_id,
        latest.merged_at,
        latest.merged_by,
        latest.surviving_lead_id = latest.merged_lead_id as is_taken_back,
        circles.staying_lead_id is not null as is_end_of_circle
    from latest
    left join circles
        on latest.merged_lead_id = circles.staying_lead_id

)

select * from final
