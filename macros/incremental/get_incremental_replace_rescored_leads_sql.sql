{#- The same of leads whose scores something new concerns. -#}
{% macro get_incremental_replace_rescored_leads_sql(arguments) %}
    {{ replace_leads(arguments, ref('int_leads_rescored')) }}
{% endmacro %}
