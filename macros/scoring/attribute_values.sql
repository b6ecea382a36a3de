{#- A row for each attribute that is known, of a relation that has them side by side; at the earliest
    scoring for each that is not, too. -#}
{% macro attribute_values(relation, columns) -%}
    {%- for attribute in fit_attributes_read() %}
        select
            {% for column in columns -%}
                {{ column }},
            {% endfor -%}
            '{{ attribute }}' as name,
            {{ attribute }} as value
        from {{ relation }}
        where is_earliest or {{ attribute }} is not null
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
