{{ config(materialized='view') }}

-- The scores of the instants asked for: one lookup in the history, one multiplication a group.
with asked as (

    select * from {{ ref('int_instants_asked') }}

),

history as (

    select * from {{ ref('fct_score_history') }}

),

transitions as (

    select * from {{ ref('fct_lifecycle_transitions') }}
    where basis = 'rules' and is_effective

),

bands as (

    select * from {{ ref('score_bands') }}

),

parts as (

    select
        asked.lead_id,
        asked.asked_at,
        history.score,
        history.kind,
        history.component,
        history.cap_points,
        history.full_points,
        {{ points_at('history', 'asked.asked_at') }} as points
    from asked
    inner join history
        on
            asked.lead_id = history.lead_id
            and asked.asked_at >= history.changed_at
            and (
                history.next_changed_at is null
                or asked.asked_at < history.next_changed_at
            )

),

-- Steps of a component are capped together.
components as (

    select
        lead_id,
        asked_at,
        score,
        kind,
        component,
        max(full_points) as full_points,
        {{ component_points('kind', 'points', 'cap_points') }} as points
    from parts
    group by lead_id, asked_at, score, kind, component

),

-- Before anything was known of a lead it has no fit, and no scores at all.
scores as (

    select
        lead_id,
        asked_at,
        cast(max(case when score = 'fit' then points end) as decimal(18, 12)) as fit_score,
        coalesce(
            {{ score_of(
                "sum(case when score = 'intent' then points end)",
                "max(case when score = 'intent' then full_points end)"
            ) }},
            0
        ) as intent_score
    from components
    group by lead_id, asked_at
    having max(case when score = 'fit' then points end) is not null

),

stages as (

    select
        asked.lead_id,
        asked.asked_at,
        transitions.to_stage as stage,
        row_number() over (
            partition by asked.lead_id, asked.asked_at
            order by transitions.transition_number desc
        ) as place
    from asked
    inner join transitions
        on
            asked.lead_id = transitions.lead_id
            and asked.asked_at >= transitions.transitioned_at

),

final as (

    select
        scores.lead_id,
        scores.asked_at,
        scores.fit_score,
        scores.intent_score,
        fit_bands.band || intent_bands.band as grade,
        stages.stage
    from scores
    inner join bands as fit_bands
        on
            fit_bands.score = 'fit'
            and {{ is_in_band('scores.fit_score', 'fit_bands') }}
    inner join bands as intent_bands
        on
            intent_bands.score = 'intent'
            and {{ is_in_band('scores.intent_score', 'intent_bands') }}
    left join stages
        on
            scores.lead_id = stages.lead_id
            and scores.asked_at = stages.asked_at
            and stages.place = 1

)

select * from final
