{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched_leads',
    tags=['all_interactions']
) }}

-- The sum of a group decays as a whole, so a state is a running sum of points, grown by the
-- half-lives before them and shrunk again at its end. Growing is exact in quanta as long as it
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
        {{ quanta(
            'cast(points as double) * pow(2.0, cast('
            ~ epoch_microseconds('occurred_at')
            ~ ' - block_number * ' ~ block_half_lives ~ ' * half_life as double) / half_life)'
        ) }} as grown_points
    from in_blocks

),

running as (

    select
        lead_id,
        signal_group,
        half_life_days,
        half_life,
        changed_at,
        block_number,
        sum(grown_points) over (
            of_block rows between unbounded preceding and current row
        ) as grown_so_far,
        lead(changed_at) over of_block as next_changed_at
    from grown
    window of_block as (partition by lead_id, signal_group, block_number order by changed_at)

),

-- What happens at the same instant is one change.
by_instant as (

    select * from running
    where next_changed_at is null or changed_at < next_changed_at

),

blocks as (

    select
        lead_id,
        signal_group,
        block_number,
        grown_so_far as grown_points
    from by_instant
    where next_changed_at is null

),

left_to_later_blocks as (

    select
        lead_id,
        signal_group,
        block_number + 1 as block_number,
        {{ quanta(
            points_of_quanta('grown_points') ~ ' * pow(2.0, -' ~ block_half_lives ~ ')'
        ) }} as grown_points
    from blocks
    union all
    select
        lead_id,
        signal_group,
        block_number + 2 as block_number,
        {{ quanta(
            points_of_quanta('grown_points') ~ ' * pow(2.0, -' ~ (2 * block_half_lives) ~ ')'
        ) }} as grown_points
    from blocks

),

carried as (

    select
        lead_id,
        signal_group,
        block_number,
        sum(grown_points) as grown_points
    from left_to_later_blocks
    group by lead_id, signal_group, block_number

),

final as (

    select
        by_instant.lead_id,
        by_instant.signal_group,
        by_instant.half_life_days,
        by_instant.changed_at,
        {{ points_of_quanta('by_instant.grown_so_far + coalesce(carried.grown_points, 0)') }}
        * pow(
            2.0,
            -cast(
                {{ epoch_microseconds('by_instant.changed_at') }}
                - by_instant.block_number * {{ block_half_lives }} * by_instant.half_life
                as double
            )
            / by_instant.half_life
        ) as uncapped_points
    from by_instant
    left join carried
        on
            by_instant.lead_id = carried.lead_id
            and by_instant.signal_group = carried.signal_group
            and by_instant.block_number = carried.block_number

)

select * from final
