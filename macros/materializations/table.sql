{#- In place of dbt-duckdb's own, which builds beside what it replaces, renames both and drops what
    was, for readers who look at it. Nobody looks at a build before it is published, so a table is
    replaced within its transaction, in half as many statements (docs/adr/0075). -#}
{% materialization table, adapter='duckdb' %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set has_contract = config.get('contract').enforced -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing_relation is not none and (has_contract or not existing_relation.is_table) -%}
        {%- call statement('drop_existing') -%}
            drop {{ existing_relation.type }} {{ existing_relation }}
        {%- endcall -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {%- if has_contract -%}
            {{ create_table_as(False, target_relation, compiled_code) }}
        {%- else -%}
            {#- What carries on from the refresh before reads the table that it replaces. -#}
            create or replace table {{ target_relation }} as ({{ compiled_code }})
        {%- endif -%}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
