-- No lawful ground, no contact: whoever stands in an export or in the queue may be contacted there,
-- by the channel and for the purpose of the row where it names them, in any way where it does not.
{% set relations = [] %}
{% if execute %}
    {% for node in graph.nodes.values() %}
        {%- if
            node.resource_type == 'model'
            and (node.fqn[1] == 'exports' or node.name == 'fct_work_queue')
            and 'lead_id' in node.columns
            and not node.config.get('meta', {}).get('is_suppression')
        -%}
            {% do relations.append(node) %}
        {%- endif -%}
    {% endfor %}
{% endif %}
-- depends_on: {{ ref('fct_contactability') }}
{% for node in relations %}
    select
        '{{ node.name }}' as relation_name,
        relation.lead_id
    from {{ node.relation_name }} as relation
    where
        relation.lead_id is not null
        and not exists (
            select 1
            from {{ ref('fct_contactability') }} as permissions
            where
                permissions.lead_id = relation.lead_id
                and permissions.is_contactable
                {% if 'channel' in node.columns -%}
                    and (
                        relation.channel is null
                        or permissions.channel = relation.channel
                    )
                {%- endif %}
                {% if 'purpose' in node.columns -%}
                    and permissions.purpose = relation.purpose
                {%- else -%}
                    and permissions.purpose in ('answering', 'prospecting')
                {%- endif %}
        )
    {{ 'union all' if not loop.last }}
{% else %}
    select
        cast(null as varchar) as relation_name,
        cast(null as varchar) as lead_id
    where false
{% endfor %}
