{% macro hashed_text(text) -%}
    {{ return(adapter.dispatch('hashed_text', 'lead_warehouse')(text)) }}
{%- endmacro %}

{#- A number that two texts share only by rare chance: groups find candidates by it, never proof. -#}
{% macro default__hashed_text(text) -%}
    hash({{ text }})
{%- endmacro %}
