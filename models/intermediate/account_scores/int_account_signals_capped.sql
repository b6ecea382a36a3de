{{ config(materialized='view') }}

with people as (

    select * from {{ ref('int_account_people_scored') }}
    where is_counted

),

signals_stored as (

    select * from {{ ref('int_signals_stored') }}

),

signal_groups as (

    select * from {{ ref('signal_groups') }}

),

negative_groups as (

    select * from {{ ref('negative_groups') }}

),

rules as (

    select * from {{ ref('account_rules') }}

),

groups_summed as (

    select
        lead_id,
        kind,
        signal_group,
        negative_group,
        case when negative_group is null and kind = 'step' then interaction_type end as step_type,
        sum(points) as points
    from signals_stored
    group by
        lead_id,
        kind,
        signal_group,
        negative_group,
        case when negative_group is null and kind = 'step' then interaction_type end

),

counted as (

    select
        groups_summed.lead_id,
        groups_summed.kind,
        groups_summed.signal_group,
        {{ within_cap(
            'groups_summed.kind',
            'groups_summed.points',
            'signal_groups.cap_points',
            'negative_groups.cap_points'
        ) }} as points
    from groups_summed
    left join signal_groups
        on groups_summed.signal_group = signal_groups.signal_group
    left join negative_groups
        on groups_summed.negative_group = negative_groups.negative_group

),

given_by_leads as (

    select
        lead_id,
        sum(case when kind = 'step' then 0 else points end) as gained_points,
        sum(points) as kept_points
    from counted
    group by lead_id

),

given_in_groups as (

    select
        lead_id,
        signal_group,
        points
    from counted
    where kind = 'signal'

),

-- What a negative signal takes is taken from the person who gave it, from all their groups alike.
kept_in_groups as (

    select
        people.account_id,
        given_in_groups.lead_id,
        given_in_groups.signal_group,
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
