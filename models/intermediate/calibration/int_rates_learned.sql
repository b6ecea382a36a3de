-- What earlier leads have taught by the start of each month: how many had a value and how many of
-- them reached the outcome, of those only whose windows had ended.
with cases as (

    select * from {{ ref('int_outcomes_backtested') }}
    where standing = 'judged'

),

values_given as (

    select * from {{ ref('int_values_backtested') }}
    where value is not null

),

attributes as (

    select * from {{ ref('backtest_attributes') }}

),

values_learned as (

    select values_given.*
    from values_given
    left join attributes
        on
            case when values_given.kind = 'attribute' then values_given.name end
            = attributes.attribute
    where
        values_given.kind = 'ranking'
        or attributes.is_in_naive_bayes
        or values_given.name = 'source'

),

counted as (

    select
        cases.horizon,
        cases.outcome,
        values_learned.kind,
        values_learned.name,
        values_learned.value,
        cases.learned_month,
        count(*) as lead_count,
        count(case when cases.is_reached then 1 end) as reached_count
    from cases
    inner join values_learned
        on
            cases.lead_id = values_learned.lead_id
            and cases.horizon = values_learned.horizon
    group by
        cases.horizon,
        cases.outcome,
        values_learned.kind,
        values_learned.name,
        values_learned.value,
        cases.learned_month
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
