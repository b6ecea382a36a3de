{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched_leads',
    tags=['all_interactions']
) }}

-- The sum of a group decays as a whole, so a state is a running sum of points, grown by the
-- half-lives before them and shrunk again at its end. Growing is exact in decimals as long as it
-- stays small: half-lives are counted within blocks of 32, and what the two blocks before left is
-- added; of older ones less than 2^-64 remains.
{% set block_half_lives = 32 %}
with interactions as (

    select
        lead_id,
        signal_group,
        occurred_at,
        counts_from,
        points,
        half_life_days,
        {{ half_life_microseconds('half_life_days') }} as half_life
    from {{ ref('int_interactions_weighted') }}
    where
        kind = 'signal'
        and points > 0
        and {{ of_touched_leads('lead_id') }}

),

in_blocks as (

    select
        *,
        cast(
            floor(
                cast({{ epoch_microseconds('counts_from') }} as double)
                / ({{ block_half_lives }} * half_life)
            ) as bigint
        ) as block_number
    from interactions

),

-- Decay is from the event, the block is that of the instant from which it counts.
grown as (

    select
        lead_id,
        signal_group,
        half_life_days,
        half_life,
        counts_from as changed_at,
        block_number,
        {{ quantized(
            'cast(points as double) * pow(2.0, cast('
            ~ epoch_microseconds('occurred_at')
            ~ ' - block_number * ' ~ block_half_lives ~ ' * half_life as double) / half_life)'
        ) }} as grown_points
    from in_blocks

),

-- What happens at the same instant is one change.
running as (

    select
        lead_id,
        signal_group,
        half_life_days,
        half_life,
        changed_at,
        block_number,
        sum(grown_points) over (
            partition by lead_id, signal_group, block_number
            order by changed_at
            range between unbounded preceding and current row
        ) as grown_so_far,
        row_number() over (
            partition by lead_id, signal_group, block_number
            order by changed_at
        ) - rank() over (
            partition by lead_id, signal_group, block_number
            order by changed_at
        ) as place_at_instant
    from grown

),

blocks as (

    select
        lead_id,
        signal_group,
        block_number,
        sum(grown_points) as grown_points
    from grown
    group by lead_id, signal_group, block_number

),

left_to_later_blocks as (

    select
        lead_id,
        signal_group,
        block_number + 1 as block_number,
        {{ quantized('cast(grown_points as double) * pow(2.0, -' ~ block_half_lives ~ ')') }}
            as points
    from blocks
    union all
    select
        lead_id,
        signal_group,
        block_number + 2 as block_number,
        {{ quantized('cast(grown_points as double) * pow(2.0, -' ~ (2 * block_half_lives) ~ ')') }}
            as points
    from blocks

),

carried as (

    select
        lead_id,
        signal_group,
        block_number,
        sum(points) as points
    from left_to_later_blocks
    group by lead_id, signal_group, block_number

),

final as (

    select
        running.lead_id,
        running.signal_group,
        running.half_life_days,
        running.changed_at,
        {{ quantized(
            'cast(running.grown_so_far + coalesce(carried.points, 0) as double) * pow(2.0, -cast('
            ~ epoch_microseconds('running.changed_at')
            ~ ' - running.block_number * ' ~ block_half_lives
            ~ ' * running.half_life as double) / running.half_life)'
        ) }} as uncapped_points
    from running
    left join carried
        on
            running.lead_id = carried.lead_id
            and running.signal_group = carried.signal_group
            and running.block_number = carried.block_number
    where running.place_at_instant = 0

)

select * from final
