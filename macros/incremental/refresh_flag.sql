{#- A boolean that the refresh wrote of itself; only known once the project is run, true before. -#}
{% macro refresh_flag(column) -%}
    {%- set context = ref('stg_files__refresh_context') -%}
    {%- if not execute or load_relation(context) is none -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set found = run_query('select ' ~ column ~ ' from ' ~ context) -%}
    {{ return(found.rows | length == 0 or found.rows[0][0] is not false) }}
{%- endmacro %}
