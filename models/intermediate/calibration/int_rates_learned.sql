-- What earlier leads have taught by the start of each month: how many had a value and how many of
-- them reached the outcome, of those only whose windows had ended.
with cases as (

    select * from {{ ref('int_outcomes_backtested') }}
    where standing = 'judged'

),

attributes_given as (

    select * from {{ ref('int_attributes_backtested') }}

),

rankings as (

    select * from {{ ref('int_rankings_backtested') }}

),

attributes as (

    select * from {{ ref('backtest_attributes') }}

),

cases_with_attributes as (

    select
        cases.outcome,
        cases.learned_month,
        cases.is_reached,
        attributes_given.*
    from cases
    inner join attributes_given
        on
            cases.lead_id = attributes_given.lead_id
            and cases.horizon = attributes_given.horizon

),

values_of_attributes as (

    {{ attribute_values(
        'cases_with_attributes', ['horizon', 'outcome', 'learned_month', 'is_reached']
    ) }}

),

values_learned as (

    select
        values_of_attributes.horizon,
        values_of_attributes.outcome,
        values_of_attributes.learned_month,
        values_of_attributes.is_reached,
        'attribute' as kind,
        values_of_attributes.name,
        values_of_attributes.value
    from values_of_attributes
    inner join attributes
        on values_of_attributes.name = attributes.attribute
    where
        values_of_attributes.value is not null
        and (attributes.is_in_naive_bayes or attributes.attribute = 'source')
    union all
    select
        cases.horizon,
        cases.outcome,
        cases.learned_month,
        cases.is_reached,
        'ranking' as kind,
        rankings.name,
        rankings.value
    from cases
    inner join rankings
        on
            cases.lead_id = rankings.lead_id
            and cases.horizon = rankings.horizon

),

counted as (

    select
        horizon,
        outcome,
        kind,
        name,
        value,
        learned_month,
        count(*) as lead_count,
        count(case when is_reached then 1 end) as reached_count
    from values_learned
    group by horizon, outcome, kind, name, value, learned_month
    union all
    select
        horizon,
        outcome,
        'all' as kind,
        'all' as name,
        'all' as value,
        learned_month,
        count(*) as lead_count,
        count(case when is_reached then 1 end) as reached_count
    from cases
    group by horizon, outcome, learned_month

),

final as (

    select
        horizon,
        outcome,
        kind,
        name,
        value,
        learned_month as valid_from_month,
        coalesce(lead(learned_month) over of_value, cast('9999-12-31' as date))
            as valid_to_month,
        cast(sum(lead_count) over of_value as bigint) as lead_count,
        cast(sum(reached_count) over of_value as bigint) as reached_count
    from counted
    window
        of_value as (
            partition by horizon, outcome, kind, name, value
            order by learned_month
        )

)

select * from final
