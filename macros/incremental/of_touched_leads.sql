{#- Where a kept table is carried on, only the leads that this landing concerns are looked at. -#}
{% macro of_touched_leads(lead_column) -%}
    {%- set touched = ref('int_leads_touched') -%}
    {%- if is_incremental() -%}
        {{ among_touched_leads(lead_column) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
