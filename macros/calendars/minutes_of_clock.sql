{#- Minutes since midnight of a time such as 09:30. -#}
{% macro minutes_of_clock(clock) -%}
    (
        cast({{ dbt.split_part(clock, "':'", 1) }} as integer) * 60
        + cast({{ dbt.split_part(clock, "':'", 2) }} as integer)
    )
{%- endmacro %}
