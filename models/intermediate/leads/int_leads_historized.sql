{#- What another record may add to the survivor's own: by itself, or only as a whole. -#}
{%- set of_the_person = [
    'email', 'first_name', 'last_name', 'phone', 'job_title', 'language', 'country_code',
    'contact_id', 'provenance', 'notice_given_at', 'lead_type', 'owner_id',
] -%}
{%- set of_the_company = [
    'account_id', 'company_name', 'company_domain', 'registration_number', 'industry',
    'company_type', 'employee_count', 'is_listed', 'tech_stack', 'strategic_issues',
] -%}
{%- set of_the_revenue = ['annual_revenue', 'revenue_currency'] -%}
{%- set of_the_origin = [
    'source', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content',
    'campaign_id', 'partner_id',
] -%}

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
            and (
                records_of_people.valid_to is null
                or changes.changed_at < records_of_people.valid_to
            )

),

compared as (

    select
        ranked.*,
        -- A record of another company says nothing of this one.
        coalesce(
            account_id <> first_value(account_id ignore nulls) over in_order,
            lower(trim(company_domain))
            <> first_value(lower(trim(company_domain)) ignore nulls) over in_order,
            false
        ) as is_of_other_company,
        min(
            case when coalesce({{ of_the_origin | join(', ') }}) is not null then place end
        ) over in_order as origin_place
    from ranked
    window
        in_order as (
            partition by person_id, changed_at
            order by place
            rows between unbounded preceding and unbounded following
        )

),

of_one_company as (

    select
        *,
        min(
            case when not is_of_other_company and annual_revenue is not null then place end
        ) over (partition by person_id, changed_at) as revenue_place
    from compared

),

put_together as (

    select
        person_id as lead_id,
        changed_at as valid_from,
        is_known_at_assumed,
        place,
        {%- for column in of_the_person %}
        first_value({{ column }} ignore nulls) over in_order as {{ column }},
        {%- endfor %}
        {%- for column in of_the_company %}
        first_value(
            case when not is_of_other_company then {{ column }} end ignore nulls
        ) over in_order as {{ column }},
        {%- endfor %}
        {%- for column in of_the_revenue %}
        max(case when place = revenue_place then {{ column }} end) over in_order
            as {{ column }},
        {%- endfor %}
        {%- for column in of_the_origin %}
        max(case when place = origin_place then {{ column }} end) over in_order
            as {{ column }},
        {%- endfor %}
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

{%- set attributes = [
    'email', 'first_name', 'last_name', 'phone', 'job_title', 'language', 'country_code',
    'contact_id', 'account_id', 'company_name', 'company_domain', 'registration_number',
    'industry', 'company_type', 'employee_count', 'annual_revenue', 'revenue_currency',
    'is_listed', 'tech_stack', 'strategic_issues', 'source', 'utm_source', 'utm_medium',
    'utm_campaign', 'utm_term', 'utm_content', 'campaign_id', 'partner_id', 'provenance',
    'notice_given_at', 'lead_type', 'owner_id', 'created_at', 'updated_at',
] %}

final as (

    select
        record_versions.lead_id,
        record_versions.valid_from,
        record_versions.valid_to,
        record_versions.is_known_at_assumed,
        {%- for column in attributes %}
        record_versions.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
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
        {%- for column in attributes %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from put_together
    where place = 1

)

select * from final
