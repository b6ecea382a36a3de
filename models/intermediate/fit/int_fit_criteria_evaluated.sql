with criteria as (

    select * from {{ ref('icp_criteria') }}

),

attributes as (

    select * from {{ ref('int_lead_attributes_unpivoted') }}

),

matches as (

    select * from {{ ref('int_icp_criteria_matched') }}

),

outcomes as (

    select
        attributes.lead_id,
        attributes.valid_from,
        attributes.valid_to,
        criteria.profile,
        criteria.criterion,
        criteria.criterion_group,
        criteria.points,
        criteria.is_required,
        case
            when attributes.text_value is null and attributes.number_value is null
                then 'unknown'
            when matches.is_matched then 'matched'
            else 'not_matched'
        end as outcome
    from attributes
    inner join criteria
        on attributes.attribute = criteria.attribute
    left join matches
        on
            criteria.profile = matches.profile
            and criteria.criterion = matches.criterion
            and attributes.attribute = matches.attribute
            and attributes.text_value is not distinct from matches.text_value
            and attributes.number_value is not distinct from matches.number_value

),

ranked as (

    select
        *,
        row_number() over (
            partition by lead_id, valid_from, profile, criterion_group, outcome
            order by points desc, criterion asc
        ) as place_in_outcome
    from outcomes

),

final as (

    select
        lead_id,
        valid_from,
        valid_to,
        profile,
        criterion,
        criterion_group,
        points,
        is_required,
        outcome,
        outcome = 'matched' and place_in_outcome = 1 as is_best_match
    from ranked

)

select * from final
