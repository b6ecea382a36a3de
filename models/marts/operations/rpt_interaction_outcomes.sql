with resolved as (

    select * from {{ ref('int_interactions_resolved') }}

),

repeated as (

    select * from {{ ref('int_interactions_repeated') }}

),

types as (

    select * from {{ ref('int_interaction_types_counted') }}

),

leads as (

    select
        lead_id,
        min(coalesce(created_at, valid_from)) as created_at
    from {{ ref('int_leads_historized') }}
    group by lead_id

),

weighted as (

    select * from {{ ref('int_interactions_weighted') }}

),

landed as (

    select * from {{ ref('stg_files__interactions') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

outcomes as (

    select
        weighted.recorded_type as interaction_type,
        coalesce(weighted.occurred_at < leads.created_at, false) as is_before_creation,
        case
            when weighted.zero_because is not null then weighted.zero_because
            when weighted.unscreened_points = 0 then 'zero_points'
            when weighted.kind = 'step' then 'taken_off'
            else 'scored'
        end as outcome
    from weighted
    left join leads
        on weighted.lead_id = leads.lead_id

),

of_leads as (

    select
        interaction_type,
        outcome,
        count(*) as interaction_count,
        sum(case when is_before_creation then 1 else 0 end) as before_creation_count
    from outcomes
    group by interaction_type, outcome

),

told_of_later as (

    select distinct
        landed.interaction_id,
        lower(trim(landed.interaction_type)) as interaction_type
    from landed
    inner join refresh_context
        on
            landed.occurred_at > refresh_context.as_of
            and landed.known_at <= refresh_context.known_by

),

-- Another record of it may say that it happened before.
told_of_twice as (

    select told_of_later.interaction_id
    from told_of_later
    inner join repeated
        on told_of_later.interaction_id = repeated.interaction_id

),

happened_before as (

    select resolved.interaction_id
    from resolved
    inner join told_of_twice
        on resolved.interaction_id = told_of_twice.interaction_id

),

after_as_of as (

    select
        told_of_later.interaction_type,
        count(*) as interaction_count
    from told_of_later
    left join happened_before
        on told_of_later.interaction_id = happened_before.interaction_id
    where happened_before.interaction_id is null
    group by told_of_later.interaction_type

),

unioned as (

    select * from of_leads
    union all
    select
        interaction_type,
        'lead_unknown' as outcome,
        orphan_count as interaction_count,
        0 as before_creation_count
    from types
    union all
    select
        interaction_type,
        'without_lead' as outcome,
        anonymous_count as interaction_count,
        0 as before_creation_count
    from types
    union all
    select
        interaction_type,
        'after_as_of' as outcome,
        interaction_count,
        0 as before_creation_count
    from after_as_of

),

final as (

    select
        {{ surrogate_key(['interaction_type', 'outcome']) }} as interaction_outcome_id,
        interaction_type,
        outcome,
        cast(interaction_count as bigint) as interaction_count,
        cast(before_creation_count as bigint) as before_creation_count
    from unioned
    where interaction_count > 0

)

select * from final
