{% macro fully_matches(text, pattern) -%}
    {{ return(adapter.dispatch('fully_matches', 'lead_warehouse')(text, pattern)) }}
{%- endmacro %}

{% macro default__fully_matches(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern | replace("'", "''") }}')
{%- endmacro %}
