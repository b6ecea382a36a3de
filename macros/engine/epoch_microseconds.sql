{% macro epoch_microseconds(instant) -%}
    {{ return(adapter.dispatch('epoch_microseconds', 'lead_warehouse')(instant)) }}
{%- endmacro %}

{% macro default__epoch_microseconds(instant) -%}
    epoch_us({{ instant }})
{%- endmacro %}
