{#- The columns of a contract as DuckDB creates them, primary keys apart: there each is an index of its
    own, which takes five times as long to fill as its table. That keys are unique is what data tests
    ask; which column is the key stands as a comment (docs/adr/0074). -#}
{% macro duckdb__get_table_columns_and_constraints() -%}
    {%- set columns = {} -%}
    {%- for name, column in model['columns'].items() -%}
        {%- set kept = column['constraints'] | rejectattr('type', 'equalto', 'primary_key') | list -%}
        {%- do columns.update({name: dict(column, constraints=kept)}) -%}
    {%- endfor -%}
    {%- set of_model = model['constraints'] | rejectattr('type', 'equalto', 'primary_key') | list -%}
    {%- set rendered = adapter.render_raw_columns_constraints(raw_columns=columns)
        + adapter.render_raw_model_constraints(raw_constraints=of_model) -%}
    ({{ rendered | join(', ') }})
{%- endmacro %}
