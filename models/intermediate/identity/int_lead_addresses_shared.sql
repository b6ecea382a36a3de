with lead_versions as (

    select * from {{ ref('int_lead_records_historized') }}
    where email is not null

),

identity as (

    select * from {{ ref('identity') }}

),

role_mailboxes as (

    select * from {{ ref('role_mailboxes') }}

),

addresses_had as (

    select
        lead_id,
        lower(trim(email)) as address,
        min(valid_from) as had_from
    from lead_versions
    group by lead_id, lower(trim(email))

),

-- What stands between a plus and the at sign is the owner's own note on the same mailbox.
without_tags as (

    select
        addresses_had.lead_id,
        addresses_had.had_from,
        case
            when
                identity.is_email_tag_ignored
                and position('+' in addresses_had.address) > 1
                and position('+' in addresses_had.address)
                < position('@' in addresses_had.address)
                then
                    substring(
                        addresses_had.address, 1, position('+' in addresses_had.address) - 1
                    )
                    || substring(
                        addresses_had.address, position('@' in addresses_had.address)
                    )
            else addresses_had.address
        end as email
    from addresses_had
    cross join identity

),

had_by_leads as (

    select
        email,
        lead_id,
        min(had_from) as had_from
    from without_tags
    group by email, lead_id

),

shared as (

    select
        email,
        count(*) as lead_count
    from had_by_leads
    group by email
    having count(*) > 1

),

judged as (

    select
        shared.email,
        shared.lead_count,
        case
            when shared.lead_count > identity.max_leads_per_email then 'too_many_leads'
            when role_mailboxes.local_part is not null then 'role_mailbox'
            else {{ email_problem('shared.email') }}
        end as joins_nobody_because
    from shared
    cross join identity
    left join role_mailboxes
        on {{ dbt.split_part('shared.email', "'@'", 1) }} = role_mailboxes.local_part

),

final as (

    select
        judged.email,
        had_by_leads.lead_id,
        had_by_leads.had_from,
        judged.lead_count,
        judged.joins_nobody_because,
        row_number() over (
            partition by judged.email
            order by had_by_leads.had_from, had_by_leads.lead_id
        ) as place
    from judged
    inner join had_by_leads
        on judged.email = had_by_leads.email

)

select * from final
