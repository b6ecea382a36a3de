{% macro days_after(instant, days) -%}
    {{ return(adapter.dispatch('days_after', 'lead_warehouse')(instant, days)) }}
{%- endmacro %}

{#- Days may have a fraction; a day is 24 hours. In doubles, since products of decimals take a
    hundred times as long; to the microsecond over sixty years and more. -#}
{% macro default__days_after(instant, days) -%}
    ({{ instant }} + to_microseconds(cast(round(cast({{ days }} as double) * 86400000000) as bigint)))
{%- endmacro %}
