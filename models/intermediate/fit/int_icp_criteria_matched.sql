with criteria as (

    select * from {{ ref('icp_criteria') }}

),

attributes as (

    select * from {{ ref('int_lead_attributes_unpivoted') }}

),

country_regions as (

    select
        region,
        {{ normalized_text('country_code') }} as country_code
    from {{ ref('country_regions') }}

),

values_seen as (

    select distinct
        attribute,
        text_value,
        number_value
    from attributes
    where text_value is not null or number_value is not null

),

alternatives as (

    select
        profile,
        criterion,
        {{ split_to_rows('operand', '|') }} as alternative
    from criteria
    where operand is not null

),

normalized_alternatives as (

    select
        profile,
        criterion,
        {{ normalized_text('alternative') }} as alternative
    from alternatives

),

-- Each value that occurs is held against each criterion once, however many leads have it.
compared as (

    select
        criteria.profile,
        criteria.criterion,
        criteria.operator,
        criteria.operand,
        values_seen.attribute,
        values_seen.text_value,
        values_seen.number_value,
        case
            when criteria.operator in ('equals', 'in', 'not_in')
                then
                    coalesce(
                        values_seen.number_value
                        = {{ number_or_null('normalized_alternatives.alternative') }},
                        values_seen.text_value = normalized_alternatives.alternative
                    )
            when criteria.operator = 'starts_with'
                then position(normalized_alternatives.alternative in values_seen.text_value) = 1
            when criteria.operator = 'contains'
                then position(normalized_alternatives.alternative in values_seen.text_value) > 0
            when criteria.operator in ('contains_any', 'contains_all')
                then
                    position(
                        '|' || normalized_alternatives.alternative || '|'
                        in values_seen.text_value
                    ) > 0
            when criteria.operator = 'in_region'
                then country_regions.country_code is not null
        end as is_alternative_met
    from criteria
    inner join values_seen
        on criteria.attribute = values_seen.attribute
    left join normalized_alternatives
        on
            criteria.profile = normalized_alternatives.profile
            and criteria.criterion = normalized_alternatives.criterion
    left join country_regions
        on
            criteria.operator = 'in_region'
            and normalized_alternatives.alternative = country_regions.region
            and values_seen.text_value = country_regions.country_code

),

counted as (

    select
        profile,
        criterion,
        operator,
        operand,
        attribute,
        text_value,
        number_value,
        count(*) as alternative_count,
        sum(case when is_alternative_met then 1 else 0 end) as met_count
    from compared
    group by profile, criterion, operator, operand, attribute, text_value, number_value

),

final as (

    select
        profile,
        criterion,
        attribute,
        text_value,
        number_value,
        case operator
            when 'not_in' then met_count = 0
            when 'contains_all' then met_count = alternative_count
            when 'at_least'
                then number_value >= {{ number_or_null('operand') }}
            when 'at_most'
                then number_value <= {{ number_or_null('operand') }}
            when 'between'
                then
                    number_value
                    >= {{ number_or_null(dbt.split_part('operand', "'..'", 1)) }}
                    and number_value
                    <= {{ number_or_null(dbt.split_part('operand', "'..'", 2)) }}
            when 'is_true' then text_value = 'true'
            when 'is_false' then text_value = 'false'
            else met_count > 0
        end as is_matched
    from counted

)

select * from final
