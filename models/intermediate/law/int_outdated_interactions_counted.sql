-- Nearly every interaction has one record, and is asked for with its lead: to look up the lead of
-- each record takes more memory than anything else that is built.
with repeated as (

    select * from {{ ref('int_interactions_repeated') }}

),

records as (

    select * from {{ ref('stg_files__interactions') }}

),

people as (

    select * from {{ ref('int_people_classified') }}

),

periods as (

    select * from {{ ref('int_tracking_periods_matched') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- What happened by then is over.
ended as (

    select
        periods.interaction_type,
        periods.country_code,
        {{ days_after('refresh_context.as_of', '-periods.retention_days') }} as latest_at
    from periods
    cross join refresh_context

),

-- What is younger than the shortest period of its type need not be looked up.
shortest as (

    select
        interaction_type,
        max(latest_at) as latest_at
    from ended
    group by interaction_type

),

-- Not plain comparisons, of which engines guess that they hold for a handful, and then build their
-- joins on all the rest.
of_one_record as (

    select
        attributed.lead_id,
        shortest.interaction_type,
        attributed.occurred_at
    from {{ ref('int_interactions_attributed') }} as attributed
    inner join shortest
        on lower(trim(attributed.interaction_type)) = shortest.interaction_type
    left join repeated
        on attributed.interaction_id = repeated.interaction_id
    where
        repeated.interaction_id is null
        and coalesce(attributed.occurred_at <= shortest.latest_at, false)

),

one_counted as (

    select
        of_one_record.lead_id,
        count(*) as interaction_count
    from of_one_record
    inner join people
        on of_one_record.lead_id = people.lead_id
    inner join ended
        on
            of_one_record.interaction_type = ended.interaction_type
            and coalesce(people.country_code, '*') = ended.country_code
    where coalesce(of_one_record.occurred_at <= ended.latest_at, false)
    group by of_one_record.lead_id

),

old_records as (

    select
        records.interaction_id,
        shortest.interaction_type,
        records.occurred_at
    from records
    inner join repeated
        on records.interaction_id = repeated.interaction_id
    inner join shortest
        on lower(trim(records.interaction_type)) = shortest.interaction_type
    where
        coalesce(records.occurred_at <= shortest.latest_at, false)
        and coalesce(
            records.known_at <= (select refresh_context.known_by from refresh_context), false
        )

),

-- Read a second time, since an engine that keeps what is read twice would copy all interactions.
of_several_records as (

    select
        attributed.lead_id,
        old_records.interaction_id,
        old_records.interaction_type,
        old_records.occurred_at
    from {{ ref('int_interactions_attributed') }} as attributed
    inner join old_records
        on attributed.interaction_id = old_records.interaction_id

),

-- Of an interaction delivered twice both records go; it is one.
several_counted as (

    select
        of_several_records.lead_id,
        count(distinct of_several_records.interaction_id) as interaction_count
    from of_several_records
    inner join people
        on of_several_records.lead_id = people.lead_id
    inner join ended
        on
            of_several_records.interaction_type = ended.interaction_type
            and coalesce(people.country_code, '*') = ended.country_code
    where of_several_records.occurred_at <= ended.latest_at
    group by of_several_records.lead_id

),

unioned as (

    select * from one_counted
    union all
    select * from several_counted

),

final as (

    select
        lead_id,
        cast(sum(interaction_count) as bigint) as interaction_count
    from unioned
    group by lead_id

)

select * from final
