{#- The first three by a column `place`, in a list of words. An aggregate of strings in order sorts
    within every group, which costs more than all the rest. -#}
{% macro first_three(words) -%}
    {{ return(adapter.dispatch('first_three', 'lead_warehouse')(words)) }}
{%- endmacro %}

{% macro default__first_three(words) -%}
    nullif(
        concat_ws(
            ', ',
            max(case when place = 1 then {{ words }} end),
            max(case when place = 2 then {{ words }} end),
            max(case when place = 3 then {{ words }} end)
        ),
        ''
    )
{%- endmacro %}
