with consents as (

    select * from {{ ref('int_consents_resolved') }}

),

person_acts as (

    select * from {{ ref('int_person_acts_dated') }}

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

lead_versions as (

    select * from {{ ref('int_lead_records_historized') }}
    where email is not null

),

addresses as (

    select distinct
        identities.surviving_lead_id as lead_id,
        lower(trim(lead_versions.email)) as email
    from lead_versions
    inner join identities
        on lead_versions.lead_id = identities.lead_id

),

-- What is said by address counts for every lead that ever had it.
said_by_record as (

    select
        coalesce(consents.lead_id, addresses.lead_id) as lead_id,
        consents.purpose,
        lower(trim(consents.channel)) as channel,
        consents.status in ('refused', 'withdrawn', 'objected') as is_objection,
        coalesce(
            consents.status = 'given'
            and consents.legal_ground = 'consent'
            and consents.proof is not null,
            false
        ) as is_proven_consent,
        case when consents.status = 'given' then consents.legal_ground end as claimed_ground,
        consents.recorded_at as said_at,
        'consent' as evidence,
        consents.consent_id as evidence_id
    from consents
    left join addresses
        on
            case when consents.lead_id is null then lower(trim(consents.email)) end
            = addresses.email
    where consents.lead_id is not null or addresses.lead_id is not null

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
