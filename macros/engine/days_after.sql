{% macro days_after(instant, days) -%}
    {{ return(adapter.dispatch('days_after', 'lead_warehouse')(instant, days)) }}
{%- endmacro %}

{#- Days may have a fraction; a day is 24 hours. -#}
{% macro default__days_after(instant, days) -%}
    ({{ instant }} + to_microseconds(cast(round({{ days }} * 86400000000) as bigint)))
{%- endmacro %}
