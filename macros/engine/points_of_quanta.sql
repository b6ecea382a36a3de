{#- The other way: points as a double. -#}
{% macro points_of_quanta(count) -%}
    (cast({{ count }} as double) / 1e18)
{%- endmacro %}
