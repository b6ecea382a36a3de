{% macro split_to_rows(text, separator) -%}
    {{ return(adapter.dispatch('split_to_rows', 'lead_warehouse')(text, separator)) }}
{%- endmacro %}

{% macro default__split_to_rows(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}
