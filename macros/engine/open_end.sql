{#- The end of a stretch of time, far ahead where it has none. A plain comparison lets engines join
    by hash, where `is null or` has them try every pair of an outer join. -#}
{% macro open_end(instant) -%}
    coalesce({{ instant }}, cast('9999-12-31 00:00:00' as timestamp))
{%- endmacro %}
