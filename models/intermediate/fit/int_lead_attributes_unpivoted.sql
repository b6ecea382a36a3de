{%- set texts = [
    'company_name', 'company_domain', 'company_type', 'industry', 'sector_code', 'account_tier',
    'job_title', 'job_function', 'job_seniority', 'email_domain', 'language', 'lead_type', 'source',
    'country_code',
] -%}
with leads as (

    select * from {{ ref('int_leads_enriched') }}

),

attributes as (

    select * from {{ ref('fit_attributes') }}

),

criteria as (

    select * from {{ ref('icp_criteria') }}

),

attributes_looked_at as (

    select
        attributes.attribute,
        attributes.value_type
    from attributes
    inner join criteria
        on attributes.attribute = criteria.attribute
    group by attributes.attribute, attributes.value_type

),

valued as (

    select
        leads.lead_id,
        leads.valid_from,
        leads.valid_to,
        attributes_looked_at.attribute,
        case attributes_looked_at.attribute
            {% for text in texts %}
                when '{{ text }}' then {{ normalized_text('leads.' ~ text) }}
            {% endfor %}
            when 'tech_stack' then {{ normalized_list('leads.tech_stack') }}
            when 'strategic_issues' then {{ normalized_list('leads.strategic_issues') }}
            when 'is_listed' then cast(leads.is_listed as varchar)
            when 'is_student' then cast(leads.is_student as varchar)
            when 'is_free_mail' then cast(leads.is_free_mail as varchar)
        end as text_value,
        case attributes_looked_at.attribute
            when 'employee_count' then cast(leads.employee_count as double)
            when 'annual_revenue' then cast(leads.annual_revenue as double)
        end as number_value
    from leads
    cross join attributes_looked_at

),

-- Blanks are no value, nor is a list of nothing but separators.
final as (

    select
        lead_id,
        valid_from,
        valid_to,
        attribute,
        case when replace(text_value, '|', '') <> '' then text_value end as text_value,
        number_value
    from valued

)

select * from final
