{#- The first midnight (UTC) at or after an instant. -#}
{% macro day_end(instant) -%}
    case
        when {{ instant }} = {{ dbt.date_trunc('day', instant) }} then {{ instant }}
        else {{ dbt.dateadd('day', 1, dbt.date_trunc('day', instant)) }}
    end
{%- endmacro %}
