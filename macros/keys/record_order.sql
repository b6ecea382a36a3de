{#- Which of two records of the same thing speaks later: the one known later, then the one its
    source changed later. Names and lines break ties, so that the order in which files were landed
    never matters. -#}
{% macro record_order(direction='asc', changed_at=none) -%}
    {%- set columns = ['file_name', 'file_digest', 'file_line', 'input_name'] -%}
    {%- set times = ['known_at'] + (
        ['coalesce(' ~ changed_at ~ ', known_at)'] if changed_at else []
    ) -%}
    {%- for column in times + columns -%}
        {{ column }}{{ ' desc' if direction == 'desc' }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
