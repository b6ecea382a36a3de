{#- A sentence with its {places} filled; what is unknown leaves nothing. -#}
{% macro filled(sentence, places) -%}
    {%- set filling = namespace(text=sentence) -%}
    {%- for name, words in places.items() -%}
        {%- set filling.text
            = 'replace(' ~ filling.text ~ ", '{" ~ name ~ "}', coalesce(" ~ words ~ ", ''))" -%}
    {%- endfor -%}
    {{ filling.text }}
{%- endmacro %}
