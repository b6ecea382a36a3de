{#- Elapsed days with their fraction, from whole seconds: exact on every engine. -#}
{% macro days_between(start_at, end_at) -%}
    ({{ dbt.datediff(start_at, end_at, 'second') }} / 86400.0)
{%- endmacro %}
