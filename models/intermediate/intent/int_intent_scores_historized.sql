{{ config(
    materialized='incremental',
    incremental_strategy='replace_rescored_leads',
    tags=['all_interactions']
) }}

{%- set numbers = group_numbers('signal_groups') %}
{%- set negative_numbers = group_numbers('negative_groups') %}

with groups_decayed as (

    select * from {{ ref('int_intent_groups_decayed') }}
    where {{ of_touched_leads('lead_id', ref('int_leads_rescored')) }}

),

signal_groups as (

    select
        cap_points,
        row_number() over (order by signal_group) as group_number
    from {{ ref('signal_groups') }}

),

negative_groups as (

    select
        cap_points,
        row_number() over (order by negative_group) as group_number
    from {{ ref('negative_groups') }}

),

-- One row each, with a column for each group.
caps as (

    select
        {% for number in numbers -%}
            max(case when group_number = {{ number }} then cap_points end)
                as group_{{ number }}_cap,
        {% endfor -%}
        count(*) as group_count
    from signal_groups

),

negative_caps as (

    select
        {% for number in negative_numbers -%}
            max(case when group_number = {{ number }} then cap_points end)
                as step_{{ number }}_cap,
        {% endfor -%}
        count(*) as group_count
    from negative_groups

),

scoring as (

    select * from {{ ref('scoring') }}

),

-- Points that are missing are none: `least` would forget them and give the cap. A missing cap
-- takes nothing away.
capped as (

    select
        groups_decayed.*,
        cast(0 as double)
        {%- for number in numbers %}
            + coalesce(groups_decayed.group_{{ number }}_points, 0)
        {%- endfor %} as uncapped_points,
        {{ quantized('0') }}
        {%- for number in numbers %}
            + least(
                {{ quantized('coalesce(groups_decayed.group_' ~ number ~ '_points, 0)') }},
                caps.group_{{ number }}_cap
            )
        {%- endfor %} as capped_points,
        groups_decayed.step_0_points
        {%- for number in negative_numbers %}
            + greatest(
                groups_decayed.step_{{ number }}_points,
                coalesce(
                    -negative_caps.step_{{ number }}_cap,
                    groups_decayed.step_{{ number }}_points
                )
            )
        {%- endfor %} as step_points
    from groups_decayed
    cross join caps
    cross join negative_caps

),

-- Points of each group stay beside the score, so that whoever lets it decay further need not look
-- for them.
final as (

    select
        capped.lead_id,
        capped.changed_at,
        capped.next_changed_at,
        capped.cause,
        capped.is_hand_raise,
        capped.uncapped_points,
        capped.longest_half_life_days,
        {% for number in numbers -%}
            capped.group_{{ number }}_points,
        {% endfor -%}
        capped.step_points,
        capped.capped_points + capped.step_points as intent_points,
        {{ score_of('capped.capped_points + capped.step_points', 'scoring.reference_points') }}
            as intent_score
    from capped
    cross join scoring

)

select * from final
