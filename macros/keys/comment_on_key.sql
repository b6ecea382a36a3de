{#- Says in the database which column is the key of a mart, as its contract has it. -#}
{% macro comment_on_key() -%}
    {{ return(adapter.dispatch('comment_on_key', 'lead_warehouse')()) }}
{%- endmacro %}

{% macro default__comment_on_key() -%}
    {%- for name, column in model['columns'].items()
        if column['constraints'] | selectattr('type', 'equalto', 'primary_key') | list -%}
        comment on column {{ this }}.{{ name }} is 'primary key'
    {%- endfor -%}
{%- endmacro %}
