with record_versions as (

    select * from {{ ref('int_lead_records_historized') }}

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

people as (

    select distinct surviving_lead_id as lead_id
    from identities
    where surviving_lead_id <> lead_id

),

-- Another record speaks for the survivor since the two are known to be one person.
records_of_people as (

    select
        record_versions.*,
        people.lead_id as person_id,
        case when record_versions.lead_id = people.lead_id then 0 else 1 end as is_other,
        greatest(
            record_versions.valid_from,
            coalesce(identities.linked_at, record_versions.valid_from)
        ) as told_from
    from record_versions
    inner join identities
        on record_versions.lead_id = identities.lead_id
    inner join people
        on identities.surviving_lead_id = people.lead_id
    where
        identities.linked_at is null
        or record_versions.valid_to is null
        or record_versions.valid_to > identities.linked_at

),

changes as (

    select distinct
        person_id,
        told_from as changed_at
    from records_of_people

),

ranked as (

    select
        records_of_people.*,
        changes.changed_at,
        row_number() over (
            partition by changes.person_id, changes.changed_at
            order by
                records_of_people.is_other asc,
                records_of_people.valid_from desc,
                records_of_people.lead_id asc
        ) as place
    from changes
    inner join records_of_people
        on
            changes.person_id = records_of_people.person_id
            and changes.changed_at >= records_of_people.told_from
            and changes.changed_at < {{ open_end('records_of_people.valid_to') }}

),

compared as (

    select
        *,
        first_value(account_id ignore nulls) over in_order as first_account_id,
        first_value(lower(trim(company_domain)) ignore nulls) over in_order
            as first_company_domain,
        min(
            case
                when
                    coalesce(
                        source, utm_source, utm_medium, utm_campaign, utm_term, utm_content,
                        campaign_id, partner_id
                    ) is not null
                    then place
            end
        ) over in_order as origin_place
    from ranked
    window
        in_order as (
            partition by person_id, changed_at
            order by place
            rows between unbounded preceding and unbounded following
        )

),

-- A record of another company says nothing of this one.
told_apart as (

    select
        *,
        coalesce(
            account_id <> first_account_id,
            lower(trim(company_domain)) <> first_company_domain,
            false
        ) as is_of_other_company
    from compared

),

of_one_company as (

    select
        *,
        min(
            case when not is_of_other_company and annual_revenue is not null then place end
        ) over (partition by person_id, changed_at) as revenue_place
    from told_apart

),

put_together as (

    select
        person_id as lead_id,
        changed_at as valid_from,
        is_known_at_assumed,
        place,
        first_value(email ignore nulls) over in_order as email,
        first_value(first_name ignore nulls) over in_order as first_name,
        first_value(last_name ignore nulls) over in_order as last_name,
        first_value(phone ignore nulls) over in_order as phone,
        first_value(job_title ignore nulls) over in_order as job_title,
        first_value(language ignore nulls) over in_order as language,
        first_value(country_code ignore nulls) over in_order as country_code,
        first_value(contact_id ignore nulls) over in_order as contact_id,
        first_value(provenance ignore nulls) over in_order as provenance,
        first_value(notice_given_at ignore nulls) over in_order as notice_given_at,
        -- A record merged into another one is often deleted, and the person is still there.
        first_value(deleted_at) over in_order as deleted_at,
        first_value(lead_type ignore nulls) over in_order as lead_type,
        first_value(owner_id ignore nulls) over in_order as owner_id,
        first_value(
            case when not is_of_other_company then account_id end ignore nulls
        ) over in_order as account_id,
        first_value(
            case when not is_of_other_company then company_name end ignore nulls
        ) over in_order as company_name,
        first_value(
            case when not is_of_other_company then company_domain end ignore nulls
        ) over in_order as company_domain,
        first_value(
            case when not is_of_other_company then registration_number end ignore nulls
        ) over in_order as registration_number,
        first_value(
            case when not is_of_other_company then industry end ignore nulls
        ) over in_order as industry,
        first_value(
            case when not is_of_other_company then company_type end ignore nulls
        ) over in_order as company_type,
        first_value(
            case when not is_of_other_company then employee_count end ignore nulls
        ) over in_order as employee_count,
        first_value(
            case when not is_of_other_company then is_listed end ignore nulls
        ) over in_order as is_listed,
        first_value(
            case when not is_of_other_company then tech_stack end ignore nulls
        ) over in_order as tech_stack,
        first_value(
            case when not is_of_other_company then strategic_issues end ignore nulls
        ) over in_order as strategic_issues,
        max(case when place = revenue_place then annual_revenue end) over in_order
            as annual_revenue,
        max(case when place = revenue_place then revenue_currency end) over in_order
            as revenue_currency,
        max(case when place = origin_place then source end) over in_order
            as source,
        max(case when place = origin_place then utm_source end) over in_order
            as utm_source,
        max(case when place = origin_place then utm_medium end) over in_order
            as utm_medium,
        max(case when place = origin_place then utm_campaign end) over in_order
            as utm_campaign,
        max(case when place = origin_place then utm_term end) over in_order
            as utm_term,
        max(case when place = origin_place then utm_content end) over in_order
            as utm_content,
        max(case when place = origin_place then campaign_id end) over in_order
            as campaign_id,
        max(case when place = origin_place then partner_id end) over in_order
            as partner_id,
        min(created_at) over in_order as created_at,
        max(updated_at) over in_order as updated_at
    from of_one_company
    window
        in_order as (
            partition by person_id, changed_at
            order by place
            rows between unbounded preceding and unbounded following
        )

),

final as (

    select
        record_versions.lead_id,
        record_versions.valid_from,
        record_versions.valid_to,
        record_versions.is_known_at_assumed,
        record_versions.email,
        record_versions.first_name,
        record_versions.last_name,
        record_versions.phone,
        record_versions.job_title,
        record_versions.language,
        record_versions.country_code,
        record_versions.contact_id,
        record_versions.account_id,
        record_versions.company_name,
        record_versions.company_domain,
        record_versions.registration_number,
        record_versions.industry,
        record_versions.company_type,
        record_versions.employee_count,
        record_versions.annual_revenue,
        record_versions.revenue_currency,
        record_versions.is_listed,
        record_versions.tech_stack,
        record_versions.strategic_issues,
        record_versions.source,
        record_versions.utm_source,
        record_versions.utm_medium,
        record_versions.utm_campaign,
        record_versions.utm_term,
        record_versions.utm_content,
        record_versions.campaign_id,
        record_versions.partner_id,
        record_versions.provenance,
        record_versions.notice_given_at,
        record_versions.deleted_at,
        record_versions.lead_type,
        record_versions.owner_id,
        record_versions.created_at,
        record_versions.updated_at
    from record_versions
    inner join identities
        on record_versions.lead_id = identities.lead_id
    left join people
        on identities.surviving_lead_id = people.lead_id
    where people.lead_id is null
    union all
    select
        lead_id,
        valid_from,
        lead(valid_from) over (partition by lead_id order by valid_from) as valid_to,
        is_known_at_assumed,
        email,
        first_name,
        last_name,
        phone,
        job_title,
        language,
        country_code,
        contact_id,
        account_id,
        company_name,
        company_domain,
        registration_number,
        industry,
        company_type,
        employee_count,
        annual_revenue,
        revenue_currency,
        is_listed,
        tech_stack,
        strategic_issues,
        source,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_term,
        utm_content,
        campaign_id,
        partner_id,
        provenance,
        notice_given_at,
        deleted_at,
        lead_type,
        owner_id,
        created_at,
        updated_at
    from put_together
    where place = 1

)

select * from final
