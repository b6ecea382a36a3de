{#- What the generation built upon had, as long as this table is not built anew. -#}
{%- set before = load_relation(this) if execute and this -%}

with identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

identities_before as (

    {% if before -%}
        select
            lead_id,
            surviving_lead_id,
            linked_at
        from {{ this }}
    {%- else -%}
        select
            lead_id,
            surviving_lead_id,
            linked_at
        from identities
        where false
    {%- endif %}

),

final as (

    select
        identities.lead_id,
        identities.surviving_lead_id,
        identities.linked_at,
        identities_before.surviving_lead_id as surviving_lead_id_before,
        identities_before.lead_id is null
        or identities.surviving_lead_id <> identities_before.surviving_lead_id
        or coalesce(identities.linked_at <> identities_before.linked_at, false)
            as is_relinked
    from identities
    left join identities_before
        on identities.lead_id = identities_before.lead_id

)

select * from final
