{#- Whether this refresh builds everything anew; only known once the project is run. -#}
{% macro is_full_build() -%}
    {%- set context = ref('stg_files__refresh_context') -%}
    {%- if not execute or load_relation(context) is none -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set found = run_query('select is_full_build from ' ~ context) -%}
    {{ return(found.rows | length == 0 or found.rows[0][0] is not false) }}
{%- endmacro %}
