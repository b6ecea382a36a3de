{#- Whether a score lies in a band of the seed score_bands. -#}
{% macro is_in_band(score, band) -%}
    {{ score }} >= {{ band }}.from_score
    and ({{ band }}.below_score is null or {{ score }} < {{ band }}.below_score)
{%- endmacro %}
