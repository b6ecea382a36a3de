{#- A strategy of dbt's incremental models: all rows of a lead that something new concerns go, also
    those that come no more, and its rows as they are now come in. -#}
{% macro get_incremental_replace_touched_leads_sql(arguments) %}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}
    delete from {{ arguments['target_relation'] }}
    where lead_id in (select lead_id from {{ ref('int_leads_touched') }});

    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arguments['temp_relation'] }}
    where lead_id in (select lead_id from {{ ref('int_leads_touched') }})
{% endmacro %}
