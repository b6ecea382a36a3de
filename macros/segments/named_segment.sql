{#- A source, channel or campaign as a segment is named: case, blanks, accents and marks do not count. -#}
{% macro named_segment(text) -%}
    nullif(replace({{ normalized_words(text) }}, ' ', '_'), '')
{%- endmacro %}
