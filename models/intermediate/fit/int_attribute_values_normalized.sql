with leads as (

    select * from {{ ref('int_leads_enriched') }}

),

attributes as (

    select * from {{ ref('fit_attributes') }}

),

criteria as (

    select * from {{ ref('icp_criteria') }}

),

attributes_looked_at as (

    select
        attributes.attribute,
        attributes.value_type
    from attributes
    inner join criteria
        on attributes.attribute = criteria.attribute
    group by attributes.attribute, attributes.value_type

),

-- A value is read once, however many leads have it.
values_given as (

    {% for attribute in fit_attributes_read() %}
        select
            attributes_looked_at.attribute,
            attributes_looked_at.value_type,
            cast(leads.{{ attribute }} as varchar) as given_value
        from attributes_looked_at
        inner join leads
            on
                attributes_looked_at.attribute = '{{ attribute }}'
                and leads.{{ attribute }} is not null
        {{ 'union' if not loop.last }}
    {% endfor %}

),

compared as (

    select
        attribute,
        given_value,
        value_type,
        case value_type
            when 'list' then {{ normalized_list('given_value') }}
            when 'number' then null
            else {{ normalized_text('given_value') }}
        end as text_value,
        case when value_type = 'number' then {{ number_or_null('given_value') }} end
            as number_value
    from values_given

),

-- Blanks are no value, nor is a list of nothing but separators.
final as (

    select
        attribute,
        given_value,
        case when replace(text_value, '|', '') <> '' then text_value end as text_value,
        number_value
    from compared

)

select * from final
