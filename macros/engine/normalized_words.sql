{% macro normalized_words(text) -%}
    {{ return(adapter.dispatch('normalized_words', 'lead_warehouse')(text)) }}
{%- endmacro %}

{% macro default__normalized_words(text) -%}
    trim(regexp_replace({{ normalized_text(text) }}, '[^a-z0-9]+', ' ', 'g'))
{%- endmacro %}
