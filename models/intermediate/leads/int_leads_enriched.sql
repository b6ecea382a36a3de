with lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

contact_versions as (

    select * from {{ ref('int_contacts_historized') }}

),

account_versions as (

    select * from {{ ref('int_accounts_historized') }}

),

matches as (

    select * from {{ ref('int_leads_matched_to_accounts') }}

),

titles as (

    select * from {{ ref('int_job_titles_parsed') }}

),

countries as (

    select * from {{ ref('int_countries_recognized') }}

),

free_mail_domains as (

    select * from {{ ref('free_mail_domains') }}

),

-- What is said of a lead changes with its own record, its person's and its company's.
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
    union
    select
        lead_id,
        valid_from
    from matches
    union
    select
        matches.lead_id,
        account_versions.valid_from
    from matches
    inner join account_versions
        on
            matches.account_id = account_versions.account_id
            and matches.valid_from < account_versions.valid_from
            and {{ open_end('matches.valid_to') }} > account_versions.valid_from

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
        matches.account_id,
        lead_versions.created_at,
        coalesce(lead_countries.country_code, account_countries.country_code) as country_code,
        coalesce(lead_versions.company_name, account_versions.account_name) as company_name,
        coalesce(
            {{ domain_of_site('lead_versions.company_domain') }},
            {{ domain_of_site('account_versions.domain') }}
        ) as company_domain,
        lead_versions.company_type,
        coalesce(lead_versions.industry, account_versions.industry) as industry,
        account_versions.sector_code,
        account_versions.account_tier,
        account_versions.account_status,
        account_versions.told_at as account_told_at,
        coalesce(lead_versions.employee_count, account_versions.employee_count)
            as employee_count,
        lead_versions.annual_revenue,
        -- A company in no index that we know of may still be listed.
        coalesce(
            lead_versions.is_listed,
            case when account_versions.listed_index is not null then true end
        ) as is_listed,
        coalesce(lead_versions.tech_stack, account_versions.tech_stack) as tech_stack,
        coalesce(lead_versions.strategic_issues, account_versions.strategic_issues)
            as strategic_issues,
        coalesce(lead_versions.job_title, contact_versions.job_title) as job_title,
        coalesce(lead_versions.language, contact_versions.language) as language,
        lead_versions.lead_type,
        lead_versions.source,
        coalesce(lead_versions.email, contact_versions.email) as email
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
    left join matches
        on
            versions.lead_id = matches.lead_id
            and versions.valid_from >= matches.valid_from
            and versions.valid_from < {{ open_end('matches.valid_to') }}
    left join account_versions
        on
            matches.account_id = account_versions.account_id
            and versions.valid_from >= account_versions.valid_from
            and versions.valid_from < {{ open_end('account_versions.valid_to') }}
    left join countries as lead_countries
        on lead_versions.country_code = lead_countries.given_country
    left join countries as account_countries
        on account_versions.country_code = account_countries.given_country

),

with_domain as (

    select
        *,
        {{ domain_of_email('email') }} as email_domain
    from put_together

),

final as (

    select
        with_domain.lead_id,
        with_domain.valid_from,
        with_domain.valid_to,
        with_domain.account_id,
        with_domain.created_at,
        with_domain.country_code,
        with_domain.company_name,
        with_domain.company_domain,
        with_domain.company_type,
        with_domain.industry,
        with_domain.sector_code,
        with_domain.account_tier,
        with_domain.account_status,
        with_domain.account_told_at,
        with_domain.employee_count,
        with_domain.annual_revenue,
        with_domain.is_listed,
        with_domain.tech_stack,
        with_domain.strategic_issues,
        with_domain.job_title,
        titles.job_function,
        titles.job_seniority,
        case
            when
                with_domain.lead_type is not null
                or titles.job_function is not null
                or titles.job_seniority is not null
                then
                    coalesce({{ normalized_text('with_domain.lead_type') }} = 'student', false)
                    or coalesce(titles.job_seniority = 'student', false)
        end as is_student,
        case
            when with_domain.email_domain is not null
                then free_mail_domains.domain is not null
        end as is_free_mail,
        with_domain.email_domain,
        with_domain.language,
        with_domain.lead_type,
        with_domain.source
    from with_domain
    left join titles
        on with_domain.job_title = titles.job_title
    left join free_mail_domains
        on with_domain.email_domain = free_mail_domains.domain

)

select * from final
