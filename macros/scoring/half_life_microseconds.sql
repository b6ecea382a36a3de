{% macro half_life_microseconds(half_life_days) -%}
    cast(round({{ half_life_days }} * 86400000000) as bigint)
{%- endmacro %}
