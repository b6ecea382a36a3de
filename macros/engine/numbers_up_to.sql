{% macro numbers_up_to(last) -%}
    {{ return(adapter.dispatch('numbers_up_to', 'lead_warehouse')(last)) }}
{%- endmacro %}

{% macro default__numbers_up_to(last) -%}
    unnest(generate_series(1, {{ last }}))
{%- endmacro %}
