{#- A key over columns that may be null. Each value stands behind its length and a null is a dash,
    so no two rows can read the same, whatever their values hold. -#}
{% macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        {%- set value = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' %}
        coalesce(
            cast({{ dbt.length(value) }} as {{ dbt.type_string() }}) || ':' || {{ value }}, '-'
        ) {{ '||' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
