{{ config(materialized='view', tags=['all_interactions']) }}

{%- set numbers = group_numbers('signal_groups') %}
{%- set step_numbers = [0] + (group_numbers('negative_groups') | list) %}

with changes as (

    select * from {{ ref('int_intent_changes_dated') }}

),

signal_groups as (

    select
        half_life_days,
        row_number() over (order by signal_group) as group_number
    from {{ ref('signal_groups') }}

),

-- One row, with a column for each group.
half_lives as (

    select
        {% for number in numbers -%}
            max(case when group_number = {{ number }} then half_life_days end)
                as group_{{ number }}_days,
        {% endfor -%}
        count(*) as group_count
    from signal_groups

),

carried_forward as (

    select
        lead_id,
        changed_at,
        lead(changed_at) over (partition by lead_id order by changed_at) as next_changed_at,
        {% for number in numbers -%}
            last_value(group_{{ number }}_points ignore nulls) over latest
                as group_{{ number }}_points,
            last_value(
                case when group_{{ number }}_points is not null then changed_at end ignore nulls
            ) over latest as group_{{ number }}_at,
        {% endfor -%}
        {% for number in step_numbers -%}
            last_value(step_{{ number }}_points ignore nulls) over latest
                as step_{{ number }}_points,
        {% endfor -%}
        cause,
        is_hand_raise
    from changes
    window
        latest as (
            partition by lead_id
            order by changed_at
            rows between unbounded preceding and current row
        )

),

-- The score at any instant: the latest state, times what its age leaves of it.
final as (

    select
        carried_forward.lead_id,
        carried_forward.changed_at,
        carried_forward.next_changed_at,
        carried_forward.cause,
        carried_forward.is_hand_raise,
        {% for number in numbers -%}
            {{ points_of_quanta(
                'round(carried_forward.group_' ~ number ~ '_points * pow(2.0, -'
                ~ half_lives_between(
                    'carried_forward.group_' ~ number ~ '_at',
                    'carried_forward.changed_at',
                    'half_lives.group_' ~ number ~ '_days'
                ) ~ ') * 1e18)'
            ) }} as group_{{ number }}_points,
        {% endfor -%}
        {% for number in step_numbers -%}
            coalesce(carried_forward.step_{{ number }}_points, 0) as step_{{ number }}_points,
        {% endfor -%}
        greatest(
            {% for number in numbers -%}
                case
                    when carried_forward.group_{{ number }}_points is not null
                        then half_lives.group_{{ number }}_days
                end,
            {% endfor -%}
            0
        ) as longest_half_life_days
    from carried_forward
    cross join half_lives

)

select * from final
