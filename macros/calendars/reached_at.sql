{#- The instant at which an amount of working time is reached. -#}
{% macro reached_at(stretch, worked) -%}
    {{ microseconds_after(stretch ~ '.opens_at', worked ~ ' - ' ~ stretch ~ '.worked_before') }}
{%- endmacro %}
