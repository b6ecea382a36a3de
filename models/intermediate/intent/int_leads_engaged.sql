{{ config(materialized='view') }}

with signals_summed as (

    select * from {{ ref('int_signals_summed') }}

),

signal_groups as (

    select * from {{ ref('signal_groups') }}

),

negative_groups as (

    select * from {{ ref('negative_groups') }}

),

signals as (

    select * from {{ ref('signals') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

placed as (

    select
        *,
        sum(points) over (
            partition by lead_id, kind, coalesce(signal_group, negative_group, interaction_type)
        ) as group_points,
        row_number() over (
            partition by lead_id, kind, coalesce(signal_group, negative_group, interaction_type)
            order by interaction_type
        ) as place_in_group,
        row_number() over (
            partition by lead_id, kind
            order by points desc, interaction_type asc
        ) as place
    from signals_summed

),

-- Each group counts once, up to its cap; the three signals that say most are told in words.
capped as (

    select
        placed.*,
        case
            when placed.place_in_group = 1 and placed.kind = 'signal'
                then least(placed.group_points, signal_groups.cap_points)
            when placed.place_in_group = 1
                then
                    greatest(
                        placed.group_points,
                        coalesce(-negative_groups.cap_points, placed.group_points)
                    )
            else 0
        end as counted_points,
        case
            when placed.kind = 'signal' and placed.place <= 3 and placed.points > 0
                then signals.label_en
        end as label_en,
        case
            when placed.kind = 'signal' and placed.place <= 3 and placed.points > 0
                then signals.label_fr
        end as label_fr,
        {{ dbt.datediff(
            'placed.last_occurred_at', 'refresh_context.as_of', 'day'
        ) }} as days_ago
    from placed
    cross join refresh_context
    left join signal_groups
        on placed.signal_group = signal_groups.signal_group
    left join negative_groups
        on placed.negative_group = negative_groups.negative_group
    left join signals
        on placed.interaction_type = signals.interaction_type

),

worded as (

    select
        *,
        label_en
        || case
            when interaction_count > 1 then ' ' || interaction_count || ' times, last'
            else ''
        end
        || case days_ago
            when 0 then ' today'
            when 1 then ' yesterday'
            else ' ' || days_ago || ' days ago'
        end as words_en,
        label_fr
        || case
            when interaction_count > 1 then ' ' || interaction_count || ' fois, la dernière'
            else ''
        end
        || case days_ago
            when 0 then ' aujourd''hui'
            when 1 then ' hier'
            else ' il y a ' || days_ago || ' jours'
        end as words_fr
    from capped

),

final as (

    select
        lead_id,
        sum(counted_points) as intent_points,
        max(case when kind = 'signal' then last_occurred_at end) as last_signal_at,
        max(last_hand_raise_at) as last_hand_raise_at,
        sum(case when kind = 'signal' then recent_count else 0 end) as recent_signal_count,
        cast(sum(case when kind = 'signal' then recent_depth_factors end) as double)
        / nullif(sum(case when kind = 'signal' then recent_count end), 0) as mean_depth_factor,
        {{ first_three('words_en') }} as signal_words_en,
        {{ first_three('words_fr') }} as signal_words_fr
    from worded
    group by lead_id

)

select * from final
