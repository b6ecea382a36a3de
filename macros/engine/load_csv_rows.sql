{#- dbt-duckdb's own lets the engine guess how a seed is quoted: where cells begin with an
    apostrophe it may take that for the quote and load 'new' as new. -#}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {%- set path = adapter.get_seed_file_path(model) | replace("'", "''") -%}
    {%- set sql -%}
        copy {{ this.render() }} from '{{ path }}' (
            format csv, auto_detect false, header true,
            delimiter ',', quote '"', escape '"', nullstr '', strict_mode true
        )
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{% endmacro %}
