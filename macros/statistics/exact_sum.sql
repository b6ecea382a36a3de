{#- A sum of doubles that is the same whatever their order. As doubles they add up otherwise from run
    to run on two threads, and half a cent makes that seen. Fifteen places, since parts may be
    thirds; of at most 10^23 in all. -#}
{% macro exact_sum(amount) -%}
    cast(sum(cast({{ amount }} as decimal(38, 15))) as double)
{%- endmacro %}
