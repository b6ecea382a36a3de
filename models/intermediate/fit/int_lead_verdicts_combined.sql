with leads as (

    select * from {{ ref('int_leads_enriched') }}

),

judged as (

    select * from {{ ref('int_attribute_values_judged') }}

),

final as (

    select
        leads.lead_id,
        leads.valid_from,
        leads.valid_to,
        {% for attribute in fit_attributes_read() %}
            coalesce(cast(judged_{{ attribute }}.verdict as varchar), '')
            {{ "|| ',' ||" if not loop.last }}
        {% endfor %} as verdicts
    from leads
    {% for attribute in fit_attributes_read() %}
        left join judged as judged_{{ attribute }}
            on
                judged_{{ attribute }}.attribute = '{{ attribute }}'
                and cast(leads.{{ attribute }} as varchar)
                = judged_{{ attribute }}.given_value
    {% endfor %}

)

select * from final
