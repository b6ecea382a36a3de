with identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

lead_versions as (

    select distinct lead_id
    from {{ ref('int_lead_records_historized') }}

),

final as (

    select
        identities.lead_id,
        identities.surviving_lead_id,
        identities.surviving_lead_id = identities.lead_id as is_survivor,
        identities.linked_at,
        identities.link_reason,
        lead_versions.lead_id is not null as is_delivered
    from identities
    left join lead_versions
        on identities.lead_id = lead_versions.lead_id

)

select * from final
