{% macro microseconds_after(instant, count) -%}
    {{ return(adapter.dispatch('microseconds_after', 'lead_warehouse')(instant, count)) }}
{%- endmacro %}

{% macro default__microseconds_after(instant, count) -%}
    ({{ instant }} + to_microseconds({{ count }}))
{%- endmacro %}
