with consents as (

    select * from {{ ref('int_consents_resolved') }}
    where purpose = 'profiling'

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
said_by as (

    select
        coalesce(consents.lead_id, addresses.lead_id) as lead_id,
        consents.recorded_at,
        consents.status,
        consents.legal_ground,
        consents.proof
    from consents
    left join addresses
        on
            case when consents.lead_id is null then lower(trim(consents.email)) end
            = addresses.email
    where consents.lead_id is not null or addresses.lead_id is not null

),

-- An objection stands until the person's own, proven consent.
said as (

    select
        lead_id,
        recorded_at,
        max(case when status in ('refused', 'withdrawn', 'objected') then 1 else 0 end)
            as objected_count,
        max(
            case
                when status = 'given' and legal_ground = 'consent' and proof is not null
                    then 1
                else 0
            end
        ) as consented_count
    from said_by
    group by lead_id, recorded_at

),

-- What is said at the same instant both ways counts as an objection.
turns as (

    select
        lead_id,
        recorded_at,
        objected_count = 1 as is_objection,
        lag(objected_count) over (partition by lead_id order by recorded_at) as objected_before
    from said
    where objected_count = 1 or consented_count = 1

),

changes as (

    select
        lead_id,
        recorded_at,
        is_objection,
        lead(recorded_at) over (partition by lead_id order by recorded_at) as next_change_at
    from turns
    where
        (is_objection and coalesce(objected_before, 0) = 0)
        or (not is_objection and coalesce(objected_before, 0) = 1)

),

final as (

    select
        lead_id,
        recorded_at as objected_at,
        next_change_at as objected_until
    from changes
    where is_objection

)

select * from final
