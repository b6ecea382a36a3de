{#- In doubles, since products of decimals take a hundred times as long; they are whole far beyond any
    half-life, so nothing is lost. -#}
{% macro half_life_microseconds(half_life_days) -%}
    cast(round(cast({{ half_life_days }} as double) * 86400000000) as bigint)
{%- endmacro %}
