{% macro in_time_zone(instant, time_zone) -%}
    {{ return(adapter.dispatch('in_time_zone', 'lead_warehouse')(instant, time_zone)) }}
{%- endmacro %}

{% macro default__in_time_zone(instant, time_zone) -%}
    timezone({{ time_zone }}, timezone('UTC', {{ instant }}))
{%- endmacro %}
