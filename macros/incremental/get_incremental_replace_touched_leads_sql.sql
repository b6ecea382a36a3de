{#- A strategy of dbt's incremental models: all rows of a lead that something new concerns go, also
    those that come no more, and its rows as they are now come in. -#}
{% macro get_incremental_replace_touched_leads_sql(arguments) %}
    {{ replace_leads(arguments, ref('int_leads_touched')) }}
{% endmacro %}
