{{ config(materialized='view') }}

with people as (

    select * from {{ ref('int_account_people_scored') }}
    where is_counted

),

contributions as (

    select * from {{ ref('int_intent_contributions_decayed') }}
    where kind in ('signal', 'cap', 'step')

),

signal_groups as (

    select * from {{ ref('signal_groups') }}

),

rules as (

    select * from {{ ref('account_rules') }}

),

given_by_leads as (

    select
        lead_id,
        sum(case when kind = 'step' then 0 else points end) as gained_points,
        sum(points) as kept_points
    from contributions
    group by lead_id

),

given_in_groups as (

    select
        lead_id,
        rule_group,
        sum(points) as points
    from contributions
    where rule_group is not null
    group by lead_id, rule_group

),

-- What a negative signal takes is taken from the person who gave it, from all of their groups alike.
kept_in_groups as (

    select
        people.account_id,
        given_in_groups.lead_id,
        given_in_groups.rule_group as signal_group,
        case
            when given_by_leads.kept_points <= 0 then {{ quantized('0') }}
            when given_by_leads.kept_points = given_by_leads.gained_points
                then {{ quantized('given_in_groups.points') }}
            else
                {{ quantized(
                    'cast(given_in_groups.points as double)'
                    ~ ' * cast(given_by_leads.kept_points as double)'
                    ~ ' / cast(given_by_leads.gained_points as double)'
                ) }}
        end as points
    from people
    inner join given_in_groups
        on people.lead_id = given_in_groups.lead_id
    inner join given_by_leads
        on people.lead_id = given_by_leads.lead_id

),

summed as (

    select
        account_id,
        signal_group,
        count(case when points > 0 then lead_id end) as lead_count,
        sum(points) as uncapped_points
    from kept_in_groups
    group by account_id, signal_group

),

final as (

    select
        summed.account_id,
        summed.signal_group,
        summed.lead_count,
        summed.uncapped_points,
        least(
            summed.uncapped_points,
            {{ quantized('signal_groups.cap_points * rules.people_per_cap') }}
        ) as points
    from summed
    inner join signal_groups
        on summed.signal_group = signal_groups.signal_group
    cross join rules

)

select * from final
