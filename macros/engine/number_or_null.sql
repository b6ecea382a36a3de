{% macro number_or_null(text) -%}
    {{ return(adapter.dispatch('number_or_null', 'lead_warehouse')(text)) }}
{%- endmacro %}

{% macro default__number_or_null(text) -%}
    try_cast({{ text }} as double)
{%- endmacro %}
