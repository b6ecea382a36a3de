{% macro normalized_list(text) -%}
    {{ return(adapter.dispatch('normalized_list', 'lead_warehouse')(text)) }}
{%- endmacro %}

{#- Bars on both sides of every item, so that an item is found whole: |erp|sap|. One that an item
    has is a blank: no rule can ask for it. -#}
{% macro default__normalized_list(text) -%}
    '|' || regexp_replace(
        replace({{ normalized_text(text) }}, '|', ' '), '\s*;\s*', '|', 'g'
    ) || '|'
{%- endmacro %}
