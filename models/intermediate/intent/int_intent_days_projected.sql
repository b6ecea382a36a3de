with intent_scores as (

    select * from {{ ref('int_intent_scored') }}

),

groups_decayed as (

    select * from {{ ref('int_intent_groups_decayed') }}

),

signal_groups as (

    select * from {{ ref('signal_groups') }}

),

thresholds as (

    select * from {{ ref('mql_thresholds') }}

),

qualified as (

    select * from {{ ref('int_profiles_qualified') }}
    where is_intent_reached

),

scoring as (

    select * from {{ ref('scoring') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

leads_ever_qualified as (

    select
        lead_id,
        min(changed_at) as first_qualified_at
    from qualified
    group by lead_id

),

lowest as (

    select min(exit_intent_score) as exit_intent_score
    from thresholds

),

-- Between changes intent only falls. It is below the lowest exit threshold at the latest when all
-- of it, faded at the slowest pace, is.
stretches as (

    select
        intent_scores.lead_id,
        intent_scores.changed_at,
        intent_scores.next_changed_at,
        intent_scores.step_points,
        refresh_context.as_of,
        least(
            {{ dbt.datediff(
                'intent_scores.changed_at',
                'coalesce(intent_scores.next_changed_at, refresh_context.as_of)',
                'day'
            ) }},
            cast(
                ceil(
                    cast(intent_scores.longest_half_life_days as double)
                    * log2(
                        greatest(
                            2,
                            100 * cast(intent_scores.uncapped_points as double)
                            / cast(scoring.reference_points as double)
                            / greatest(cast(lowest.exit_intent_score as double), 0.01)
                        )
                    )
                ) as bigint
            ) + 2
        ) as day_count
    from intent_scores
    inner join leads_ever_qualified
        on
            intent_scores.lead_id = leads_ever_qualified.lead_id
            and intent_scores.changed_at >= leads_ever_qualified.first_qualified_at
    cross join lowest
    cross join scoring
    cross join refresh_context
    where intent_scores.intent_score >= lowest.exit_intent_score

),

numbered as (

    select
        *,
        {{ numbers_up_to('day_count') }} as day_number
    from stretches

),

days as (

    select
        lead_id,
        changed_at,
        step_points,
        {{ dbt.dateadd('day', 'day_number', dbt.date_trunc('day', 'changed_at')) }} as day_end_at
    from numbered
    where
        {{ dbt.dateadd('day', 'day_number', dbt.date_trunc('day', 'changed_at')) }}
        < coalesce(next_changed_at, {{ dbt.dateadd('microsecond', 1, 'as_of') }})

),

capped as (

    select
        days.lead_id,
        days.changed_at,
        days.day_end_at,
        days.step_points,
        sum(
            least(
                {{ decayed_points(
                    'groups_decayed.uncapped_points',
                    'days.changed_at',
                    'days.day_end_at',
                    'groups_decayed.half_life_days'
                ) }},
                signal_groups.cap_points
            )
        ) as capped_points
    from days
    inner join groups_decayed
        on
            days.lead_id = groups_decayed.lead_id
            and days.changed_at = groups_decayed.changed_at
    inner join signal_groups
        on groups_decayed.signal_group = signal_groups.signal_group
    group by days.lead_id, days.changed_at, days.day_end_at, days.step_points

),

final as (

    select
        capped.lead_id,
        capped.changed_at,
        capped.day_end_at,
        {{ score_of('capped.capped_points + capped.step_points', 'scoring.reference_points') }}
            as intent_score
    from capped
    cross join scoring

)

select * from final
