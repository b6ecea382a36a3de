{% macro from_time_zone(local_time, time_zone) -%}
    {{ return(adapter.dispatch('from_time_zone', 'lead_warehouse')(local_time, time_zone)) }}
{%- endmacro %}

{% macro default__from_time_zone(local_time, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, {{ local_time }}))
{%- endmacro %}
