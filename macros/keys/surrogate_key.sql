{#- A key over columns that may be null: a null is told apart from every text, '' included. -#}
{% macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce('=' || cast({{ column }} as {{ dbt.type_string() }}), '-')
            {%- if not loop.last %} || chr(31) ||{% endif %}
        {%- endfor %}
    )
{%- endmacro %}
