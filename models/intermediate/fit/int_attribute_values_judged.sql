with attribute_values as (

    select * from {{ ref('int_attribute_values_normalized') }}

),

matches as (

    select * from {{ ref('int_icp_criteria_matched') }}

),

criteria_met as (

    select
        attribute_values.attribute,
        attribute_values.given_value,
        coalesce(
            {{ dbt.listagg(
                "case when matches.is_matched then matches.profile || '/' || matches.criterion end",
                "'|'",
                'order by matches.profile, matches.criterion'
            ) }},
            ''
        ) as met_criteria
    from attribute_values
    inner join matches
        on
            attribute_values.attribute = matches.attribute
            and attribute_values.text_value is not distinct from matches.text_value
            and attribute_values.number_value is not distinct from matches.number_value
    group by attribute_values.attribute, attribute_values.given_value

),

-- Values that meet the same criteria are the same to every score.
final as (

    select
        attribute,
        given_value,
        dense_rank() over (partition by attribute order by met_criteria) as verdict,
        '|' || met_criteria || '|' as met_criteria
    from criteria_met

)

select * from final
