{{ config(materialized='view', tags=['all_interactions']) }}

-- A view: who purges asks for the records, a refresh only how many there are, which
-- `int_outdated_interactions_counted` knows.
with records as (

    select * from {{ ref('stg_files__interactions') }}

),

attributed as (

    select * from {{ ref('int_interactions_attributed') }}

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

-- What is younger than the shortest period of its type need not be looked up.
shortest as (

    select
        periods.interaction_type,
        max({{ days_after('refresh_context.as_of', '-periods.retention_days') }}) as latest_at
    from periods
    cross join refresh_context
    group by periods.interaction_type

),

old_records as (

    select
        records.interaction_id,
        shortest.interaction_type,
        records.occurred_at,
        records.input_name,
        records.file_digest,
        records.file_line
    from records
    inner join shortest
        on
            lower(trim(records.interaction_type)) = shortest.interaction_type
            and records.occurred_at <= shortest.latest_at
    where
        coalesce(
            records.known_at <= (select refresh_context.known_by from refresh_context), false
        )

),

with_period as (

    select
        old_records.*,
        attributed.lead_id,
        periods.retention_days
    from old_records
    left join attributed
        on old_records.interaction_id = attributed.interaction_id
    left join people
        on attributed.lead_id = people.lead_id
    inner join periods
        on
            old_records.interaction_type = periods.interaction_type
            and coalesce(people.country_code, '*') = periods.country_code

),

dated as (

    select
        *,
        {{ days_after('occurred_at', 'retention_days') }} as due_at
    from with_period

),

final as (

    select
        dated.interaction_id,
        dated.lead_id,
        dated.interaction_type,
        dated.occurred_at,
        dated.due_at,
        dated.input_name,
        dated.file_digest,
        dated.file_line
    from dated
    cross join refresh_context
    where dated.due_at <= refresh_context.as_of

)

select * from final
