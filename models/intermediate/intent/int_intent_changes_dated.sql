{{ config(materialized='view', tags=['all_interactions']) }}

{%- set signal_numbers = group_numbers('signal_groups') %}
{%- set step_numbers = [0] + (group_numbers('negative_groups') | list) %}

with leads as (

    select * from {{ ref('int_leads_fitted') }}

),

-- Signals that earn points are among the states.
interactions as (

    select interactions.*
    from {{ ref('int_interactions_weighted') }} as interactions
    inner join leads
        on interactions.lead_id = leads.lead_id
    where
        interactions.zero_because is null
        and (
            interactions.kind <> 'signal' or interactions.points <= 0 or interactions.is_hand_raise
        )

),

states as (

    select states.*
    from {{ ref('int_intent_states_historized') }} as states
    inner join leads
        on states.lead_id = leads.lead_id

),

signal_groups as (

    select
        signal_group,
        row_number() over (order by signal_group) as group_number
    from {{ ref('signal_groups') }}

),

negative_groups as (

    select
        negative_group,
        row_number() over (order by negative_group) as group_number
    from {{ ref('negative_groups') }}

),

fit_scores as (

    select fit_scores.*
    from {{ ref('int_fit_scored') }} as fit_scores
    inner join leads
        on fit_scores.lead_id = leads.lead_id

),

objections as (

    select objections.*
    from {{ ref('int_profiling_objections_dated') }} as objections
    inner join leads
        on objections.lead_id = leads.lead_id

),

customers as (

    select customers.*
    from {{ ref('int_customer_leads_dated') }} as customers
    inner join leads
        on customers.lead_id = leads.lead_id

),

-- What happened at the instant says why a score rose: a person before a record before a timer.
causes as (

    select
        'interaction' as cause,
        1 as place
    union all
    select
        'attribute' as cause,
        2 as place
    union all
    select
        'expiry' as cause,
        3 as place
    union all
    select
        'permission' as cause,
        4 as place

),

-- A step takes its points away where it begins and gives them back where it ends; those of no group
-- go by number 0.
steps as (

    select
        interactions.lead_id,
        interactions.counts_from,
        interactions.step_until,
        coalesce(negative_groups.group_number, 0) as step_number,
        {{ quantized('interactions.points') }} as points
    from interactions
    left join negative_groups
        on interactions.negative_group = negative_groups.negative_group
    where interactions.kind = 'step' and interactions.step_until > interactions.counts_from

),

changes as (

    select
        lead_id,
        counts_from as changed_at,
        1 as cause_place,
        is_hand_raise,
        cast(null as bigint) as group_number,
        cast(null as double) as group_points
    from interactions
    union all
    select
        states.lead_id,
        states.changed_at,
        1 as cause_place,
        false as is_hand_raise,
        signal_groups.group_number,
        states.uncapped_points as group_points
    from states
    inner join signal_groups
        on states.signal_group = signal_groups.signal_group
    union all
    select
        lead_id,
        valid_from as changed_at,
        2 as cause_place,
        false as is_hand_raise,
        cast(null as bigint) as group_number,
        cast(null as double) as group_points
    from fit_scores
    union all
    select
        lead_id,
        step_until as changed_at,
        3 as cause_place,
        false as is_hand_raise,
        cast(null as bigint) as group_number,
        cast(null as double) as group_points
    from steps
    union all
    select
        lead_id,
        objected_at as changed_at,
        4 as cause_place,
        false as is_hand_raise,
        cast(null as bigint) as group_number,
        cast(null as double) as group_points
    from objections
    union all
    select
        lead_id,
        objected_until as changed_at,
        4 as cause_place,
        false as is_hand_raise,
        cast(null as bigint) as group_number,
        cast(null as double) as group_points
    from objections
    where objected_until is not null
    union all
    select
        lead_id,
        customer_from as changed_at,
        4 as cause_place,
        false as is_hand_raise,
        cast(null as bigint) as group_number,
        cast(null as double) as group_points
    from customers
    union all
    select
        lead_id,
        customer_until as changed_at,
        4 as cause_place,
        false as is_hand_raise,
        cast(null as bigint) as group_number,
        cast(null as double) as group_points
    from customers
    where customer_until is not null

),

by_instant as (

    select
        changes.lead_id,
        changes.changed_at,
        {% for number in signal_numbers -%}
            max(case when changes.group_number = {{ number }} then changes.group_points end)
                as group_{{ number }}_points,
        {% endfor -%}
        min(changes.cause_place) as cause_place,
        max(case when changes.is_hand_raise then 1 else 0 end) as hand_raise_count
    from changes
    group by changes.lead_id, changes.changed_at

),

steps_at as (

    select
        lead_id,
        counts_from as changed_at,
        step_number,
        points
    from steps
    union all
    select
        lead_id,
        step_until as changed_at,
        step_number,
        -points as points
    from steps

),

steps_by_instant as (

    select
        lead_id,
        {% for number in step_numbers -%}
            sum(case when step_number = {{ number }} then points end)
                as step_{{ number }}_points,
        {% endfor -%}
        changed_at
    from steps_at
    group by lead_id, changed_at

),

-- Of the few that have steps, what they amount to from each instant on; the many have nothing to
-- add up.
steps_so_far as (

    select
        lead_id,
        {% for number in step_numbers -%}
            coalesce(sum(step_{{ number }}_points) over so_far, 0) as step_{{ number }}_points,
        {% endfor -%}
        changed_at
    from steps_by_instant
    window
        so_far as (
            partition by lead_id
            order by changed_at
            rows between unbounded preceding and current row
        )

),

final as (

    select
        by_instant.lead_id,
        by_instant.changed_at,
        {% for number in signal_numbers -%}
            by_instant.group_{{ number }}_points,
        {% endfor -%}
        {% for number in step_numbers -%}
            steps_so_far.step_{{ number }}_points,
        {% endfor -%}
        causes.cause,
        by_instant.hand_raise_count > 0 as is_hand_raise
    from by_instant
    inner join causes
        on by_instant.cause_place = causes.place
    left join steps_so_far
        on
            by_instant.lead_id = steps_so_far.lead_id
            and by_instant.changed_at = steps_so_far.changed_at

)

select * from final
