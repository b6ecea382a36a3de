{% macro as_kept_aside() -%}
    {{ return(adapter.dispatch('as_kept_aside', 'lead_warehouse')()) }}
{%- endmacro %}

{#- `as` of a common expression that each round of a recursive one reads: DuckDB would reckon it anew
    in each of them. -#}
{% macro default__as_kept_aside() -%}
    as materialized
{%- endmacro %}
