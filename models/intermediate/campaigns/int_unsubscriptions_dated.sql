with interactions as (

    select * from {{ ref('int_interactions_weighted') }}

),

person_acts as (

    select * from {{ ref('person_acts') }}

),

consents as (

    select * from {{ ref('int_consents_attributed') }}

),

consent_records as (

    select * from {{ ref('int_consents_resolved') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- Who refused from the start was never on a list; who objects or withdraws leaves it.
said as (

    select
        interactions.lead_id,
        interactions.occurred_at as unsubscribed_at
    from interactions
    inner join person_acts
        on interactions.interaction_type = person_acts.interaction_type
    where
        person_acts.objects_to_purpose = 'prospecting'
        and coalesce(person_acts.objects_to_channel, 'email') = 'email'
        and interactions.zero_because is null
    union all
    select
        consents.lead_id,
        consents.recorded_at as unsubscribed_at
    from consents
    inner join consent_records
        on consents.consent_id = consent_records.consent_id
    where
        consents.purpose = 'prospecting'
        and coalesce(consents.channel, 'email') = 'email'
        and consent_records.status in ('withdrawn', 'objected')

),

final as (

    select
        said.lead_id,
        min(said.unsubscribed_at) as unsubscribed_at
    from said
    cross join refresh_context
    where said.lead_id is not null and said.unsubscribed_at <= refresh_context.as_of
    group by said.lead_id

)

select * from final
