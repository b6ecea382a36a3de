{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched_leads',
    tags=['all_interactions']
) }}

-- The sum of a group decays as a whole, so a state is a running sum of points, grown by the
-- half-lives before them and shrunk again at its end. Growing is exact in quanta as long as it
-- stays small: half-lives are counted within blocks of 32, and what the two blocks before left
-- comes first in each; of older ones less than 2^-64 remains.
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
        {{ quanta(
            'cast(points as double) * pow(2.0, cast('
            ~ epoch_microseconds('occurred_at')
            ~ ' - block_number * ' ~ block_half_lives ~ ' * half_life as double) / half_life)'
        ) }} as grown_points
    from in_blocks

),

blocks as (

    select
        lead_id,
        signal_group,
        block_number,
        max(half_life_days) as half_life_days,
        max(half_life) as half_life,
        min(changed_at) as first_changed_at,
        sum(grown_points) as grown_points
    from grown
    group by lead_id, signal_group, block_number

),

blocks_in_order as (

    select
        *,
        lag(block_number) over of_group as block_before,
        lag(grown_points) over of_group as points_before,
        lag(block_number, 2) over of_group as second_block_before,
        lag(grown_points, 2) over of_group as second_points_before,
        lead(first_changed_at) over of_group as next_block_changes_at
    from blocks
    window of_group as (partition by lead_id, signal_group order by block_number)

),

left_to_blocks as (

    select
        lead_id,
        signal_group,
        half_life_days,
        half_life,
        block_number,
        case
            when block_before >= block_number - 2
                then {{ quanta(
                    points_of_quanta('points_before')
                    ~ ' * pow(2.0, -' ~ block_half_lives ~ ' * (block_number - block_before))'
                ) }}
            else 0
        end
        + case
            when second_block_before = block_number - 2
                then {{ quanta(
                    points_of_quanta('second_points_before')
                    ~ ' * pow(2.0, -' ~ block_half_lives ~ ' * 2)'
                ) }}
            else 0
        end as grown_points
    from blocks_in_order

),

-- As a row ahead of a block's own: adding it afterwards would join all states with all blocks. In
-- the same way the first change of the next block stands behind its last.
with_neighbours as (

    select
        lead_id,
        signal_group,
        half_life_days,
        half_life,
        changed_at,
        block_number,
        grown_points
    from grown
    union all
    select
        lead_id,
        signal_group,
        half_life_days,
        half_life,
        cast('0001-01-01 00:00:00' as timestamp) as changed_at,
        block_number,
        grown_points
    from left_to_blocks
    where grown_points > 0
    union all
    select
        lead_id,
        signal_group,
        half_life_days,
        half_life,
        next_block_changes_at as changed_at,
        block_number,
        {{ quanta('cast(null as double)') }} as grown_points
    from blocks_in_order
    where next_block_changes_at is not null

),

running as (

    select
        lead_id,
        signal_group,
        half_life_days,
        half_life,
        changed_at,
        block_number,
        grown_points,
        sum(grown_points) over (
            of_block rows between unbounded preceding and current row
        ) as grown_so_far,
        lead(changed_at) over of_block as next_changed_at
    from with_neighbours
    window of_block as (partition by lead_id, signal_group, block_number order by changed_at)

),

-- What happens at the same instant is one change.
by_instant as (

    select * from running
    where
        grown_points is not null
        and (next_changed_at is null or changed_at < next_changed_at)
        and changed_at > cast('0001-01-01 00:00:00' as timestamp)

),

final as (

    select
        lead_id,
        signal_group,
        half_life_days,
        changed_at,
        next_changed_at,
        {{ points_of_quanta('grown_so_far') }}
        * pow(
            2.0,
            -cast(
                {{ epoch_microseconds('changed_at') }}
                - block_number * {{ block_half_lives }} * half_life
                as double
            )
            / half_life
        ) as uncapped_points
    from by_instant

)

select * from final
