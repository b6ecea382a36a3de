with permissions as (

    select * from {{ ref('int_contacts_permitted') }}

),

reasons as (

    select * from {{ ref('contact_reasons') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

final as (

    select
        {{ surrogate_key(['permissions.lead_id', 'permissions.purpose', 'permissions.channel']) }}
            as contactability_id,
        permissions.lead_id,
        permissions.channel,
        permissions.purpose,
        permissions.ground is not null and permissions.has_address as is_contactable,
        permissions.ground,
        permissions.has_address,
        permissions.policy,
        permissions.reason,
        reasons.label_en as reason_en,
        reasons.label_fr as reason_fr,
        permissions.decided_by,
        permissions.decided_at,
        permissions.permitted_until,
        permissions.country_code,
        permissions.address_kind,
        refresh_context.as_of,
        refresh_context.rules_digest
    from permissions
    cross join refresh_context
    left join reasons
        on permissions.reason = reasons.reason

)

select * from final
