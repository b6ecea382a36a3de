{#- Which of two records of the same thing speaks later. Names and lines break ties, so that the
    order in which files were landed never matters. -#}
{% macro record_order(direction='asc') -%}
    {%- for column in ['known_at', 'file_name', 'file_digest', 'file_line', 'input_name'] -%}
        {{ column }}{{ ' desc' if direction == 'desc' }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
