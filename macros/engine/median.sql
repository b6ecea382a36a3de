{% macro median(expression) -%}
    {{ return(adapter.dispatch('median', 'lead_warehouse')(expression)) }}
{%- endmacro %}

{% macro default__median(expression) -%}
    median({{ expression }})
{%- endmacro %}
