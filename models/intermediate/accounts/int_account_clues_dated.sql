with lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

contact_versions as (

    select * from {{ ref('int_contacts_historized') }}

),

changes as (

    select
        lead_id,
        valid_from
    from lead_versions
    union
    select
        lead_versions.lead_id,
        contact_versions.valid_from
    from lead_versions
    inner join contact_versions
        on
            lead_versions.contact_id = contact_versions.contact_id
            and lead_versions.valid_from < contact_versions.valid_from
            and {{ open_end('lead_versions.valid_to') }} > contact_versions.valid_from

),

versions as (

    select
        lead_id,
        valid_from,
        lead(valid_from) over (partition by lead_id order by valid_from) as valid_to
    from changes

),

put_together as (

    select
        versions.lead_id,
        versions.valid_from,
        versions.valid_to,
        lead_versions.account_id,
        {{ registration_key('lead_versions.registration_number') }} as registration_number,
        contact_versions.account_id as contact_account_id,
        {{ domain_of_site('lead_versions.company_domain') }} as company_domain,
        {{ domain_of_email('coalesce(lead_versions.email, contact_versions.email)') }}
            as email_domain
    from versions
    inner join lead_versions
        on
            versions.lead_id = lead_versions.lead_id
            and versions.valid_from >= lead_versions.valid_from
            and versions.valid_from < {{ open_end('lead_versions.valid_to') }}
    left join contact_versions
        on
            lead_versions.contact_id = contact_versions.contact_id
            and versions.valid_from >= contact_versions.valid_from
            and versions.valid_from < {{ open_end('contact_versions.valid_to') }}

),

-- What a source says of the lead itself comes before what is concluded from an address.
clues as (

    select
        lead_id,
        valid_from,
        valid_to,
        1 as precedence,
        'account_id' as matched_by,
        'account_id' as key_type,
        account_id as key_value
    from put_together
    union all
    select
        lead_id,
        valid_from,
        valid_to,
        2 as precedence,
        'registration_number' as matched_by,
        'registration_number' as key_type,
        registration_number as key_value
    from put_together
    union all
    select
        lead_id,
        valid_from,
        valid_to,
        3 as precedence,
        'contact_account' as matched_by,
        'account_id' as key_type,
        contact_account_id as key_value
    from put_together
    union all
    select
        lead_id,
        valid_from,
        valid_to,
        4 as precedence,
        'company_domain' as matched_by,
        'domain' as key_type,
        company_domain as key_value
    from put_together
    union all
    select
        lead_id,
        valid_from,
        valid_to,
        5 as precedence,
        'email_domain' as matched_by,
        'domain' as key_type,
        email_domain as key_value
    from put_together

),

final as (

    select
        lead_id,
        valid_from,
        valid_to,
        precedence,
        matched_by,
        key_type,
        key_value
    from clues
    where key_value is not null or precedence = 1

)

select * from final
