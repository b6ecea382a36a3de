with consents as (

    select * from {{ ref('int_consents_attributed') }}

),

person_acts as (

    select * from {{ ref('int_person_acts_dated') }}

),

said_by_record as (

    select
        lead_id,
        purpose,
        channel,
        is_objection,
        is_proven_consent,
        claimed_ground,
        recorded_at as said_at,
        'consent' as evidence,
        consent_id as evidence_id
    from consents

),

said_by_act as (

    select
        lead_id,
        objects_to_purpose as purpose,
        objects_to_channel as channel,
        true as is_objection,
        false as is_proven_consent,
        cast(null as varchar) as claimed_ground,
        last_objection_at as said_at,
        'interaction' as evidence,
        interaction_type as evidence_id
    from person_acts
    where last_objection_at is not null

),

asked_by_act as (

    select
        lead_id,
        'answering' as purpose,
        cast(null as varchar) as channel,
        false as is_objection,
        false as is_proven_consent,
        'request' as claimed_ground,
        last_request_at as said_at,
        'interaction' as evidence,
        interaction_type as evidence_id
    from person_acts
    where last_request_at is not null

),

final as (

    select * from said_by_record
    union all
    select * from said_by_act
    union all
    select * from asked_by_act

)

select * from final
