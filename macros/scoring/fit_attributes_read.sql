{#- The columns of int_leads_enriched that a criterion may look at, as in the seed fit_attributes. -#}
{% macro fit_attributes_read() -%}
    {{ return([
        'country_code', 'company_name', 'company_domain', 'company_type', 'industry',
        'sector_code', 'account_tier', 'employee_count', 'annual_revenue', 'is_listed',
        'tech_stack', 'strategic_issues', 'job_title', 'job_function', 'job_seniority',
        'is_student', 'is_free_mail', 'email_domain', 'language', 'lead_type', 'source',
    ]) }}
{%- endmacro %}
