with consents as (

    select * from {{ ref('int_consents_resolved') }}

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
final as (

    select
        coalesce(consents.lead_id, addresses.lead_id) as lead_id,
        consents.consent_id,
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
        consents.recorded_at
    from consents
    left join addresses
        on
            case when consents.lead_id is null then lower(trim(consents.email)) end
            = addresses.email
    where consents.lead_id is not null or addresses.lead_id is not null

)

select * from final
