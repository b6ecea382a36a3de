{#- Doubles add up differently from run to run on two threads; decimals do not. 18 places keep what
    59 half-lives leave of a point; scores are published with 12. -#}
{% macro quantized(points) -%}
    cast({{ points }} as decimal(38, 18))
{%- endmacro %}
