{% macro own_words(title_words) -%}
    {{ return(adapter.dispatch('own_words', 'lead_warehouse')(title_words)) }}
{%- endmacro %}

{#- The words of a title without whom one works for: `advisor to the ceo` is `advisor to the`. -#}
{% macro default__own_words(title_words) -%}
    regexp_replace({{ title_words }}, '^(.+?) (to the|aupres d(e|u|es)?) .*$', '\1 \2')
{%- endmacro %}
