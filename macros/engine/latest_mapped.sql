{% macro latest_mapped(column, window_name) -%}
    {{ return(adapter.dispatch('latest_mapped', 'lead_warehouse')(column, window_name)) }}
{%- endmacro %}

{#- The struct keeps apart a cell that is empty, which overwrites, and a column nobody mapped. -#}
{% macro default__latest_mapped(column, window_name) -%}
    (last_value(
        case
            when position('|{{ column }}|' in mapped_columns) > 0
                then struct_pack(mapped := {{ column }})
        end ignore nulls
    ) over {{ window_name }}).mapped
{%- endmacro %}
