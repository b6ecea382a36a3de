{#- One query for all columns of a model that must have a value; a test for each would cost dbt more
    than the query. -#}
{% test known_columns(model, columns) %}

select *
from {{ model }}
where {{ columns | join(' is null or ') }} is null

{% endtest %}
