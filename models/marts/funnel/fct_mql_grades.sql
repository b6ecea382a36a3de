with qualified as (

    select
        basis,
        lead_id,
        entered_at as qualified_at,
        entered_month as qualified_month
    from {{ ref('int_stage_entries_dated') }}
    where stage = 'mql' and lead_id is not null

),

history as (

    select * from {{ ref('fct_score_history') }}

),

bands as (

    select * from {{ ref('score_bands') }}

),

grades as (

    select * from {{ ref('grades') }}

),

parts as (

    select
        qualified.basis,
        qualified.lead_id,
        history.score,
        history.kind,
        history.component,
        history.cap_points,
        history.full_points,
        {{ points_at('history', 'qualified.qualified_at') }} as points
    from qualified
    inner join history
        on
            qualified.lead_id = history.lead_id
            and qualified.qualified_at >= history.changed_at
            and (
                history.next_changed_at is null
                or qualified.qualified_at < history.next_changed_at
            )

),

-- Steps of a component are capped together.
components as (

    select
        basis,
        lead_id,
        score,
        kind,
        component,
        max(full_points) as full_points,
        {{ component_points('kind', 'points', 'cap_points') }} as points
    from parts
    group by basis, lead_id, score, kind, component

),

-- A lead that was not known yet, as where a CRM's stage is older than its record, has no scores.
scores as (

    select
        basis,
        lead_id,
        cast(max(case when score = 'fit' then points end) as decimal(18, 12)) as fit_score,
        coalesce(
            {{ score_of(
                "sum(case when score = 'intent' then points end)",
                "max(case when score = 'intent' then full_points end)"
            ) }},
            0
        ) as intent_score
    from components
    group by basis, lead_id
    having max(case when score = 'fit' then points end) is not null

),

graded as (

    select
        scores.basis,
        scores.lead_id,
        scores.fit_score,
        scores.intent_score,
        fit_bands.band as fit_band,
        intent_bands.band as intent_band
    from scores
    inner join bands as fit_bands
        on
            fit_bands.score = 'fit'
            and {{ is_in_band('scores.fit_score', 'fit_bands') }}
    inner join bands as intent_bands
        on
            intent_bands.score = 'intent'
            and {{ is_in_band('scores.intent_score', 'intent_bands') }}

),

final as (

    select
        {{ surrogate_key(['qualified.basis', 'qualified.lead_id']) }} as mql_grade_id,
        qualified.basis,
        qualified.lead_id,
        qualified.qualified_at,
        qualified.qualified_month,
        graded.fit_score,
        cast(graded.intent_score as decimal(18, 12)) as intent_score,
        graded.fit_band,
        graded.intent_band,
        graded.fit_band || graded.intent_band as grade,
        grades.temperature
    from qualified
    left join graded
        on
            qualified.basis = graded.basis
            and qualified.lead_id = graded.lead_id
    left join grades
        on
            graded.fit_band = grades.fit_band
            and graded.intent_band = grades.intent_band

)

select * from final
