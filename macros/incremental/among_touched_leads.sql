{#- A condition for who asks a view of all leads for those that this landing concerns. A few thousand
    stand as literals, since the engine takes constants below a view's window functions and reads
    their rows alone; of a subquery it makes a join on top of all rows. -#}
{% macro among_touched_leads(lead_column, touched=none) -%}
    {%- set touched = touched or ref('int_leads_touched') -%}
    {%- set at_most = 20000 -%}
    {%- set leads = [] -%}
    {%- if execute and not touched.is_cte and load_relation(touched) is not none -%}
        {%- set found = run_query(
            'select lead_id from ' ~ touched.render() ~ ' order by lead_id limit ' ~ (at_most + 1)
        ) -%}
        {%- for row in found.rows -%}
            {%- do leads.append(dbt.string_literal(dbt.escape_single_quotes(row[0]))) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if leads and leads | length <= at_most -%}
        {{ lead_column }} in ({{ leads | join(', ') }})
    {%- else -%}
        {{ lead_column }} in (select lead_id from {{ touched }})
    {%- endif -%}
{%- endmacro %}
