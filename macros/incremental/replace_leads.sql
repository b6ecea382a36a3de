{% macro replace_leads(arguments, leads) %}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}
    delete from {{ arguments['target_relation'] }}
    where lead_id in (select lead_id from {{ leads }});

    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arguments['temp_relation'] }}
    where lead_id in (select lead_id from {{ leads }})
{% endmacro %}
