-- The sum of a group decays as a whole, so a state is a running sum of points, grown by the
-- half-lives before them and shrunk again at its end. Growing is exact in decimals as long as it
-- stays small: half-lives are counted within blocks of 32, and what the two blocks before left is
-- added; of older ones less than 2^-64 remains.
{% set block_half_lives = 32 %}
with interactions as (

    select * from {{ ref('int_interactions_weighted') }}
    where kind = 'signal' and points > 0

),

in_blocks as (

    select
        lead_id,
        signal_group,
        half_life_days,
        occurred_at,
        points,
        {{ half_life_microseconds('half_life_days') }} as half_life,
        cast(
            floor(
                cast({{ epoch_microseconds('occurred_at') }} as double)
                / ({{ block_half_lives }} * {{ half_life_microseconds('half_life_days') }})
            ) as bigint
        ) as block_number
    from interactions

),

placed as (

    select
        *,
        cast(
            {{ epoch_microseconds('occurred_at') }}
            - block_number * {{ block_half_lives }} * half_life
            as double
        ) / half_life as half_lives
    from in_blocks

),

at_instants as (

    select
        lead_id,
        signal_group,
        half_life_days,
        occurred_at,
        block_number,
        half_lives,
        sum({{ quantized('cast(points as double) * pow(2.0, half_lives)') }}) as grown_points
    from placed
    group by lead_id, signal_group, half_life_days, occurred_at, block_number, half_lives

),

running as (

    select
        *,
        sum(grown_points) over (
            partition by lead_id, signal_group, block_number
            order by occurred_at
            rows between unbounded preceding and current row
        ) as grown_so_far
    from at_instants

),

blocks as (

    select
        lead_id,
        signal_group,
        block_number,
        sum(grown_points) as grown_points
    from at_instants
    group by lead_id, signal_group, block_number

),

final as (

    select
        running.lead_id,
        running.signal_group,
        running.half_life_days,
        running.occurred_at as changed_at,
        {{ quantized('cast(running.grown_so_far as double) * pow(2.0, -running.half_lives)') }}
        + {{ quantized(
            'cast(coalesce(one_before.grown_points, 0) as double) * pow(2.0, -'
            ~ block_half_lives ~ ' - running.half_lives)'
        ) }}
        + {{ quantized(
            'cast(coalesce(two_before.grown_points, 0) as double) * pow(2.0, -'
            ~ (2 * block_half_lives) ~ ' - running.half_lives)'
        ) }} as uncapped_points
    from running
    left join blocks as one_before
        on
            running.lead_id = one_before.lead_id
            and running.signal_group = one_before.signal_group
            and running.block_number = one_before.block_number + 1
    left join blocks as two_before
        on
            running.lead_id = two_before.lead_id
            and running.signal_group = two_before.signal_group
            and running.block_number = two_before.block_number + 2

)

select * from final
