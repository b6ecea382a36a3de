{#- All layers exist from the first refresh on, so that a reader's query on an empty one works. -#}
{% macro create_layer_schemas() -%}
    {%- for layer in ['raw', 'staging', 'intermediate', 'marts', 'exports'] %}
        create schema if not exists {{ layer }};
    {%- endfor %}
{%- endmacro %}
