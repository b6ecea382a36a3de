-- How well each attribute alone tells what came of leads, each half of them by what the other half
-- shows. What tells nearly all, of a value whose time is only assumed, was filled with the outcome.
with cases as (

    select * from {{ ref('int_outcomes_backtested') }}
    where standing = 'judged'

),

attributes_given as (

    select * from {{ ref('int_attributes_backtested') }}
    where is_earliest

),

attributes as (

    select * from {{ ref('backtest_attributes') }}
    where known_from <> 'outcome'

),

settings as (

    select * from {{ ref('calibration') }}

),

cases_with_attributes as (

    select
        cases.outcome,
        cases.is_reached,
        {{ hashed_text('cases.lead_id') }} % 2 = 0 as is_first_half,
        attributes_given.*
    from cases
    inner join attributes_given
        on
            cases.lead_id = attributes_given.lead_id
            and cases.horizon = attributes_given.horizon

),

values_of_attributes as (

    {{ attribute_values(
        'cases_with_attributes',
        ['horizon', 'outcome', 'is_reached', 'is_first_half', 'is_known_at_assumed']
    ) }}

),

halves as (

    select
        values_of_attributes.horizon,
        values_of_attributes.outcome,
        values_of_attributes.is_reached,
        values_of_attributes.is_first_half,
        values_of_attributes.is_known_at_assumed,
        values_of_attributes.name as attribute,
        coalesce(values_of_attributes.value, '') as value,
        values_of_attributes.value is not null as is_known
    from values_of_attributes
    inner join attributes
        on values_of_attributes.name = attributes.attribute

),

values_counted as (

    select
        horizon,
        outcome,
        attribute,
        value,
        is_known,
        is_first_half,
        cast(count(*) as double) as lead_count,
        cast(count(case when is_reached then 1 end) as double) as reached_count,
        count(case when is_known_at_assumed then 1 end) as assumed_count
    from halves
    group by horizon, outcome, attribute, value, is_known, is_first_half

),

with_other_half as (

    select
        *,
        sum(lead_count) over of_value - lead_count as other_count,
        sum(reached_count) over of_value - reached_count as other_reached,
        sum(lead_count) over of_value as value_count,
        sum(reached_count) over of_value as value_reached,
        sum(lead_count) over of_known as known_count,
        sum(reached_count) over of_known as known_reached,
        sum(lead_count) over of_attribute as all_count,
        sum(reached_count) over of_attribute as all_reached
    from values_counted
    window
        of_value as (partition by horizon, outcome, attribute, value, is_known),
        of_known as (partition by horizon, outcome, attribute, is_known),
        of_attribute as (partition by horizon, outcome, attribute)

),

with_settings as (

    select
        with_other_half.*,
        cast(settings.confidence_z as double) as confidence_z,
        cast(settings.prior_leads as double) as prior_leads
    from with_other_half
    cross join settings

),

told as (

    select
        *,
        round(
            (other_reached + prior_leads * all_reached / nullif(all_count, 0))
            / nullif(other_count + prior_leads, 0), 9
        ) as told_rate
    from with_settings

),

levelled as (

    select
        horizon,
        outcome,
        attribute,
        told_rate,
        sum(lead_count) as lead_count,
        sum(reached_count) as reached_count,
        sum(assumed_count) as assumed_count,
        max(all_count) as all_count,
        max(all_reached) as all_reached,
        max(
            greatest(
                {{ wilson_bound('value_reached', 'value_count', 'confidence_z', '-') }},
                {{ wilson_bound('known_reached', 'known_count', 'confidence_z', '-') }}
            )
        ) as purest_rate_from
    from told
    group by horizon, outcome, attribute, told_rate

),

placed as (

    select
        *,
        sum(lead_count - reached_count) over (
            partition by horizon, outcome, attribute
            order by told_rate
        ) - (lead_count - reached_count) / 2 as others_below
    from levelled

),

final as (

    select
        horizon,
        outcome,
        attribute,
        max(all_count) as lead_count,
        max(all_reached) as reached_count,
        sum(assumed_count) / nullif(max(all_count), 0) as assumed_rate,
        sum(cast(reached_count * others_below as decimal(38, 6)))
        / nullif(max(all_reached) * (max(all_count) - max(all_reached)), 0) as auc,
        max(purest_rate_from) as purest_rate_from
    from placed
    group by horizon, outcome, attribute

)

select * from final
