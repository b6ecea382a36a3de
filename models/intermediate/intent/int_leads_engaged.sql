{{ config(materialized='view') }}

with signals_stored as (

    select * from {{ ref('int_signals_stored') }}

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

-- Steps of no group count each by its type.
in_groups as (

    select
        lead_id,
        kind,
        signal_group,
        negative_group,
        case when signal_group is null and negative_group is null then interaction_type end
            as ungrouped_type,
        sum(points) as points,
        max(last_occurred_at) as last_occurred_at,
        max(last_hand_raise_at) as last_hand_raise_at,
        sum(recent_count) as recent_count,
        sum(recent_depth_factors) as recent_depth_factors
    from signals_stored
    group by
        lead_id,
        kind,
        signal_group,
        negative_group,
        case when signal_group is null and negative_group is null then interaction_type end

),

-- Each group counts once, up to its cap.
capped as (

    select
        in_groups.*,
        {{ within_cap(
            'in_groups.kind',
            'in_groups.points',
            'signal_groups.cap_points',
            'negative_groups.cap_points'
        ) }} as counted_points
    from in_groups
    left join signal_groups
        on in_groups.signal_group = signal_groups.signal_group
    left join negative_groups
        on in_groups.negative_group = negative_groups.negative_group

),

counted as (

    select
        lead_id,
        sum(counted_points) as intent_points,
        max(case when kind = 'signal' then last_occurred_at end) as last_signal_at,
        max(last_hand_raise_at) as last_hand_raise_at,
        sum(case when kind = 'signal' then recent_count else 0 end) as recent_signal_count,
        cast(sum(case when kind = 'signal' then recent_depth_factors end) as double)
        / nullif(sum(case when kind = 'signal' then recent_count end), 0) as mean_depth_factor
    from capped
    group by lead_id

),

-- The three types of signals that say most are told in words.
placed as (

    select
        lead_id,
        interaction_type,
        interaction_count,
        last_occurred_at,
        row_number() over (
            partition by lead_id
            order by points desc, interaction_type asc
        ) as place
    from signals_stored
    where kind = 'signal' and points > 0

),

labelled as (

    select
        placed.*,
        signals.label_en,
        signals.label_fr,
        {{ dbt.datediff(
            'placed.last_occurred_at', 'refresh_context.as_of', 'day'
        ) }} as days_ago
    from placed
    cross join refresh_context
    inner join signals
        on placed.interaction_type = signals.interaction_type
    where placed.place <= 3

),

worded as (

    select
        lead_id,
        place,
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
    from labelled

),

reasons as (

    select
        lead_id,
        {{ first_three('words_en') }} as signal_words_en,
        {{ first_three('words_fr') }} as signal_words_fr
    from worded
    group by lead_id

),

final as (

    select
        counted.lead_id,
        counted.intent_points,
        counted.last_signal_at,
        counted.last_hand_raise_at,
        counted.recent_signal_count,
        counted.mean_depth_factor,
        reasons.signal_words_en,
        reasons.signal_words_fr
    from counted
    left join reasons
        on counted.lead_id = reasons.lead_id

)

select * from final
