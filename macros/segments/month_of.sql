{#- First day of the month in which an instant lies, in the reporting time zone. -#}
{% macro month_of(instant, time_zone) -%}
    cast({{ dbt.date_trunc('month', in_time_zone(instant, time_zone)) }} as date)
{%- endmacro %}
