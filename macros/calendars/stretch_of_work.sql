{#- Condition that joins a row of int_working_stretches_counted to an amount of working time: the
    stretch in which it is reached. -#}
{% macro stretch_of_work(stretch, calendar, worked) -%}
    {{ calendar }} = {{ stretch }}.calendar
    and cast(floor({{ worked }} / 28800000000.0) as bigint) = {{ stretch }}.worked_share
    and {{ worked }} > {{ stretch }}.worked_before
    and {{ worked }} <= {{ stretch }}.worked_until
{%- endmacro %}
