{#- Where a kept table is carried on, only the leads that this landing concerns are looked at. They are
    referred to in either case: dbt learns what a model depends on where nothing is carried on. -#}
{% macro of_touched_leads(lead_column, touched=none) -%}
    {%- set touched = touched or ref('int_leads_touched') -%}
    {%- if is_incremental() -%}
        {{ among_touched_leads(lead_column, touched) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
