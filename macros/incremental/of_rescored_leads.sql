{#- As for touched leads, of what follows from more than their interactions. -#}
{% macro of_rescored_leads(lead_column) -%}
    {%- set rescored = ref('int_leads_rescored') -%}
    {%- if is_incremental() -%}
        {{ among_touched_leads(lead_column, rescored) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
