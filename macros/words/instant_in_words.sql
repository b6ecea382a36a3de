{#- An instant to the minute, as people write it in English or French. -#}
{% macro instant_in_words(instant, language) -%}
    {%- set text = 'cast(' ~ instant ~ ' as varchar)' -%}
    {%- if language == 'fr' -%}
        (
            substring({{ text }}, 9, 2) || '/' || substring({{ text }}, 6, 2) || '/'
            || substring({{ text }}, 1, 4) || ' ' || substring({{ text }}, 12, 5)
        )
    {%- else -%}
        substring({{ text }}, 1, 16)
    {%- endif -%}
{%- endmacro %}
