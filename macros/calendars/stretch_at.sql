{#- Condition that joins a row of int_working_stretches_dated to an instant: the stretch of working
    time that is open then, or was last. -#}
{% macro stretch_at(stretch, calendar, instant) -%}
    {{ calendar }} = {{ stretch }}.calendar
    and cast({{ instant }} as date) = {{ stretch }}.utc_date
    and {{ instant }} >= {{ stretch }}.opens_at
    and {{ instant }} < {{ stretch }}.covers_until
{%- endmacro %}
