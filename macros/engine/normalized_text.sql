{% macro normalized_text(text) -%}
    {{ return(adapter.dispatch('normalized_text', 'lead_warehouse')(text)) }}
{%- endmacro %}

{% macro default__normalized_text(text) -%}
    lower(strip_accents(trim({{ text }})))
{%- endmacro %}
