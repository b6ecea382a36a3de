with lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

enriched as (

    select * from {{ ref('int_leads_enriched') }}
    where valid_to is null

),

contacts as (

    select * from {{ ref('int_contacts_historized') }}
    where valid_to is null

),

role_mailboxes as (

    select * from {{ ref('role_mailboxes') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- Records that do not say when they were made are known since they landed, which may be later than
-- the instant that the warehouse speaks for; what it speaks of had been collected by then.
first_known as (

    select
        lead_id,
        least(
            min(coalesce(created_at, valid_from)),
            min((select refresh_context.as_of from refresh_context))
        ) as collected_at,
        max(notice_given_at) as notice_given_at,
        max(case when provenance = 'indirect' then 1 else 0 end) as is_indirect_once,
        max(case when provenance = 'direct' then 1 else 0 end) as is_direct_once
    from lead_versions
    group by lead_id

),

current_versions as (

    select
        lead_versions.lead_id,
        lead_versions.source,
        lower(trim(coalesce(lead_versions.email, contacts.email))) as email,
        coalesce(lead_versions.phone, contacts.phone) as phone,
        lead_versions.deleted_at
    from lead_versions
    left join contacts
        on lead_versions.contact_id = contacts.contact_id
    where lead_versions.valid_to is null

),

final as (

    select
        current_versions.lead_id,
        enriched.country_code,
        case
            when {{ email_problem('current_versions.email') }} is not null then 'missing'
            when enriched.is_free_mail then 'free_mail'
            when role_mailboxes.local_part is not null then 'role_mailbox'
            else 'business'
        end as address_kind,
        {{ email_problem('current_versions.email') }} is null as has_email,
        nullif(trim(current_versions.phone), '') is not null as has_phone,
        first_known.collected_at,
        current_versions.source,
        case
            when first_known.is_indirect_once = 1 then 'indirect'
            when first_known.is_direct_once = 1 then 'direct'
        end as provenance,
        first_known.notice_given_at,
        current_versions.deleted_at
    from current_versions
    inner join enriched
        on current_versions.lead_id = enriched.lead_id
    inner join first_known
        on current_versions.lead_id = first_known.lead_id
    left join role_mailboxes
        on
            {{ dbt.split_part(dbt.split_part('current_versions.email', "'@'", 1), "'+'", 1) }}
            = role_mailboxes.local_part

)

select * from final
