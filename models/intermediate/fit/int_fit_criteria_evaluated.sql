with criteria as (

    select * from {{ ref('icp_criteria') }}

),

lead_verdicts as (

    select * from {{ ref('int_lead_verdicts_combined') }}

),

judged as (

    select * from {{ ref('int_attribute_values_judged') }}

),

combinations as (

    select distinct verdicts from lead_verdicts

),

attributes_looked_at as (

    select distinct attribute from criteria

),

taken_apart as (

    select
        combinations.verdicts,
        attributes_looked_at.attribute,
        case attributes_looked_at.attribute
            {% for attribute in fit_attributes_read() %}
                when '{{ attribute }}'
                    then {{ dbt.split_part('combinations.verdicts', "','", loop.index) }}
            {% endfor %}
        end as verdict
    from combinations
    cross join attributes_looked_at

),

verdicts_met as (

    select distinct
        attribute,
        cast(verdict as varchar) as verdict,
        met_criteria
    from judged

),

outcomes as (

    select
        taken_apart.verdicts,
        criteria.profile,
        criteria.criterion,
        criteria.criterion_group,
        criteria.points,
        criteria.is_required,
        verdicts_met.verdict is not null as is_attribute_known,
        -- Whether something is known of an attribute is always known.
        case
            when verdicts_met.verdict is null and criteria.operator = 'is_unknown' then 'matched'
            when verdicts_met.verdict is null and criteria.operator = 'is_known'
                then 'not_matched'
            when verdicts_met.verdict is null then 'unknown'
            when
                position(
                    '|' || criteria.profile || '/' || criteria.criterion || '|'
                    in verdicts_met.met_criteria
                ) > 0
                then 'matched'
            else 'not_matched'
        end as outcome
    from taken_apart
    inner join criteria
        on taken_apart.attribute = criteria.attribute
    left join verdicts_met
        on
            taken_apart.attribute = verdicts_met.attribute
            and taken_apart.verdict = verdicts_met.verdict

),

ranked as (

    select
        *,
        row_number() over (
            partition by verdicts, profile, criterion_group, outcome
            order by points desc, criterion asc
        ) as place_in_outcome
    from outcomes

),

final as (

    select
        verdicts,
        profile,
        criterion,
        criterion_group,
        points,
        is_required,
        is_attribute_known,
        outcome,
        outcome = 'matched' and place_in_outcome = 1 as is_best_match
    from ranked

)

select * from final
