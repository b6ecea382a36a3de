{%- set numbers = group_numbers('signal_groups') %}

with intent_scores as (

    select * from {{ ref('int_intent_scored') }}

),

signal_groups as (

    select
        half_life_days,
        cap_points,
        row_number() over (order by signal_group) as group_number
    from {{ ref('signal_groups') }}

),

-- One row, with columns for each group.
limits as (

    select
        {% for number in numbers -%}
            max(case when group_number = {{ number }} then half_life_days end)
                as group_{{ number }}_days,
            max(case when group_number = {{ number }} then cap_points end)
                as group_{{ number }}_cap,
        {% endfor -%}
        count(*) as group_count
    from signal_groups

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
        {%- for number in numbers %}
            intent_scores.group_{{ number }}_points,
        {%- endfor %}
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
        {%- for number in numbers %}
            group_{{ number }}_points,
        {%- endfor %}
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
        {{ quantized('0') }}
        {%- for number in numbers %}
            + case
                when days.group_{{ number }}_points is null then 0
                else
                    least(
                        {{ decayed_points(
                            'days.group_' ~ number ~ '_points',
                            'days.changed_at',
                            'days.day_end_at',
                            'limits.group_' ~ number ~ '_days'
                        ) }},
                        limits.group_{{ number }}_cap
                    )
            end
        {%- endfor %} as capped_points
    from days
    cross join limits

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
