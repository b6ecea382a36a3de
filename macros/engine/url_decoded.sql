{% macro url_decoded(text) -%}
    {{ return(adapter.dispatch('url_decoded', 'lead_warehouse')(text)) }}
{%- endmacro %}

{% macro default__url_decoded(text) -%}
    url_decode({{ text }})
{%- endmacro %}
