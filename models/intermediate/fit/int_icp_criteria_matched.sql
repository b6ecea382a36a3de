with criteria as (

    select * from {{ ref('icp_criteria') }}

),

attribute_values as (

    select * from {{ ref('int_attribute_values_normalized') }}

),

country_regions as (

    select
        region,
        {{ normalized_text('country_code') }} as country_code
    from {{ ref('country_regions') }}

),

values_known as (

    select distinct
        attribute,
        text_value,
        number_value
    from attribute_values
    where text_value is not null or number_value is not null

),

-- Of a list its items are counted, each once, and words are sought in each by itself.
values_in_parts as (

    select
        attribute,
        text_value,
        {{ split_to_rows('text_value', '|') }} as item
    from values_known
    where text_value is not null

),

values_read as (

    select
        values_known.attribute,
        values_known.text_value,
        values_known.number_value,
        {{ dbt.listagg(
            "' ' || " ~ normalized_words('values_in_parts.item') ~ " || ' '", "'|'"
        ) }} as value_words,
        count(distinct nullif(values_in_parts.item, '')) as item_count
    from values_known
    left join values_in_parts
        on
            values_known.attribute = values_in_parts.attribute
            and values_known.text_value = values_in_parts.text_value
    group by values_known.attribute, values_known.text_value, values_known.number_value

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
        {{ normalized_text('alternative') }} as alternative,
        ' ' || {{ normalized_words('alternative') }} || ' ' as alternative_words
    from alternatives

),

-- Each value that occurs is held against each criterion once, however many leads have it.
compared as (

    select
        criteria.profile,
        criteria.criterion,
        criteria.operator,
        criteria.operand,
        values_read.attribute,
        values_read.text_value,
        values_read.number_value,
        values_read.item_count,
        case
            when criteria.operator in ('equals', 'not_equals', 'in', 'not_in')
                then
                    coalesce(
                        values_read.number_value
                        = {{ number_or_null('normalized_alternatives.alternative') }},
                        values_read.text_value = normalized_alternatives.alternative
                    )
            when criteria.operator = 'starts_with'
                then position(normalized_alternatives.alternative in values_read.text_value) = 1
            when criteria.operator = 'ends_with'
                then
                    right(
                        values_read.text_value, length(normalized_alternatives.alternative)
                    ) = normalized_alternatives.alternative
            when criteria.operator in ('contains', 'not_contains')
                then position(normalized_alternatives.alternative in values_read.text_value) > 0
            when criteria.operator in ('contains_word', 'not_contains_word')
                then
                    position(
                        normalized_alternatives.alternative_words in values_read.value_words
                    ) > 0
            when criteria.operator in ('contains_any', 'contains_all', 'contains_none')
                then
                    position(
                        '|' || normalized_alternatives.alternative || '|'
                        in values_read.text_value
                    ) > 0
            when criteria.operator in ('in_region', 'not_in_region')
                then country_regions.country_code is not null
        end as is_alternative_met
    from criteria
    inner join values_read
        on criteria.attribute = values_read.attribute
    left join normalized_alternatives
        on
            criteria.profile = normalized_alternatives.profile
            and criteria.criterion = normalized_alternatives.criterion
    left join country_regions
        on
            case
                when criteria.operator in ('in_region', 'not_in_region')
                    then normalized_alternatives.alternative
            end = country_regions.region
            and values_read.text_value = country_regions.country_code

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
        item_count,
        count(*) as alternative_count,
        sum(case when is_alternative_met then 1 else 0 end) as met_count
    from compared
    group by
        profile, criterion, operator, operand, attribute, text_value, number_value, item_count

),

bounded as (

    select
        *,
        {{ number_or_null('operand') }} as bound,
        {{ number_or_null(dbt.split_part('operand', "'..'", 1)) }} as low_bound,
        {{ number_or_null(dbt.split_part('operand', "'..'", 2)) }} as high_bound
    from counted

),

final as (

    select
        profile,
        criterion,
        attribute,
        text_value,
        number_value,
        case
            when operator = 'is_known' then true
            when operator = 'is_unknown' then false
            when operator = 'is_true' then text_value = 'true'
            when operator = 'is_false' then text_value = 'false'
            when operator = 'at_least' then number_value >= bound
            when operator = 'at_most' then number_value <= bound
            when operator = 'more_than' then number_value > bound
            when operator = 'less_than' then number_value < bound
            when operator = 'between'
                then number_value >= low_bound and number_value <= high_bound
            when operator = 'not_between'
                then number_value < low_bound or number_value > high_bound
            when operator = 'has_at_least' then item_count >= bound
            when operator = 'contains_all' then met_count = alternative_count
            when
                operator in (
                    'not_equals', 'not_in', 'not_contains', 'not_contains_word',
                    'contains_none', 'not_in_region'
                )
                then met_count = 0
            else met_count > 0
        end as is_matched
    from bounded

)

select * from final
