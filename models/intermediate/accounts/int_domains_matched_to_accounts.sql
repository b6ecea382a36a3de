with recursive lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

contact_versions as (

    select * from {{ ref('int_contacts_historized') }}

),

account_domains as (

    select * from {{ ref('int_account_keys_resolved') }}
    where key_type = 'domain'

),

suffixes as (

    select * from {{ ref('public_suffixes') }}

),

free_mail_domains as (

    select * from {{ ref('free_mail_domains') }}

),

domains as (

    select {{ domain_of_site('company_domain') }} as domain from lead_versions
    where company_domain is not null
    union
    select {{ domain_of_email('email') }} as domain from lead_versions
    where email is not null
    union
    select {{ domain_of_email('email') }} as domain from contact_versions
    where email is not null

),

climbed as (

    select
        domain,
        domain as company_domain,
        0 as steps
    from domains
    where position('.' in domain) > 0
    union all
    select
        domain,
        substring(company_domain, position('.' in company_domain) + 1) as company_domain,
        steps + 1 as steps
    from climbed
    where position('.' in company_domain) > 0 and steps < 10

),

-- A wildcard makes a suffix of all that is right under it, but for its exceptions.
with_suffixes as (

    select
        climbed.*,
        case
            when position('.' in climbed.company_domain) = 0 then true
            when exceptions.suffix is not null then false
            else exacts.suffix is not null or wildcards.suffix is not null
        end as is_public_suffix
    from climbed
    left join suffixes as exacts
        on exacts.kind = 'exact' and climbed.company_domain = exacts.suffix
    left join suffixes as exceptions
        on exceptions.kind = 'exception' and climbed.company_domain = exceptions.suffix
    left join suffixes as wildcards
        on
            wildcards.kind = 'wildcard'
            and substring(
                climbed.company_domain, position('.' in climbed.company_domain) + 1
            ) = wildcards.suffix

),

first_suffixes as (

    select
        domain,
        min(steps) as suffix_steps
    from with_suffixes
    where is_public_suffix
    group by domain

),

candidates as (

    select
        with_suffixes.domain,
        with_suffixes.company_domain,
        with_suffixes.steps,
        account_domains.account_id,
        account_domains.is_ambiguous,
        account_domains.valid_from,
        account_domains.valid_to
    from with_suffixes
    inner join first_suffixes
        on
            with_suffixes.domain = first_suffixes.domain
            and with_suffixes.steps < first_suffixes.suffix_steps
    inner join account_domains
        on with_suffixes.company_domain = account_domains.key_value
    left join free_mail_domains
        on with_suffixes.company_domain = free_mail_domains.domain
    where free_mail_domains.domain is null

),

instants as (

    select
        domain,
        valid_from as held_at
    from candidates
    union
    select
        domain,
        valid_to as held_at
    from candidates
    where valid_to is not null

),

-- The nearest domain above says most.
ranked as (

    select
        instants.domain,
        instants.held_at,
        candidates.company_domain,
        candidates.account_id,
        candidates.is_ambiguous,
        row_number() over (
            partition by instants.domain, instants.held_at
            order by candidates.steps
        ) as place
    from instants
    left join candidates
        on
            instants.domain = candidates.domain
            and instants.held_at >= candidates.valid_from
            and instants.held_at < {{ open_end('candidates.valid_to') }}

),

stretches as (

    select
        *,
        lead(held_at) over (partition by domain order by held_at) as valid_to
    from ranked
    where place = 1

),

final as (

    select
        domain,
        held_at as valid_from,
        valid_to,
        company_domain,
        account_id,
        is_ambiguous
    from stretches
    where account_id is not null

)

select * from final
