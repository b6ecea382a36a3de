with interactions as (

    select * from {{ ref('int_interactions_weighted') }}
    where is_hand_raise

),

touches as (

    select * from {{ ref('int_sales_touches_dated') }}

),

transitions as (

    select * from {{ ref('int_stages_sequenced') }}
    where basis = 'rules' and is_effective

),

published as (

    select * from {{ ref('int_transitions_published') }}
    where basis = 'rules'

),

publications as (

    select min(first_published_at) as first_at
    from {{ ref('stg_files__published_transitions') }}

),

qualified as (

    select * from {{ ref('int_profiles_qualified') }}
    where place = 1

),

bands as (

    select * from {{ ref('score_bands') }}

),

grades as (

    select * from {{ ref('grades') }}

),

policies as (

    select * from {{ ref('sla_policies') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

next_touches as (

    select
        interactions.lead_id,
        interactions.interaction_id,
        interactions.counts_from,
        min(touches.touched_at) as touched_at
    from interactions
    left join touches
        on
            interactions.lead_id = touches.lead_id
            and interactions.counts_from <= touches.touched_at
    group by
        interactions.lead_id,
        interactions.interaction_id,
        interactions.counts_from

),

-- Who asks again before anybody answered waits since the first time.
requests_ranked as (

    select
        next_touches.*,
        row_number() over (
            partition by next_touches.lead_id, next_touches.touched_at
            order by next_touches.counts_from asc, next_touches.interaction_id asc
        ) as place
    from next_touches
    cross join refresh_context
    where next_touches.counts_from <= refresh_context.as_of

),

requests as (

    select * from requests_ranked
    where place = 1

),

-- What readers were shown late could not be worked on before, and starts no clock in the past; what
-- the very first publication showed had happened before there was one.
entries as (

    select
        transitions.lead_id,
        transitions.transition_number,
        transitions.from_stage,
        transitions.to_stage,
        transitions.transitioned_at,
        transitions.evidence,
        transitions.evidence_id,
        case
            when publications.first_at is null then transitions.transitioned_at
            when published.first_published_at = publications.first_at
                then transitions.transitioned_at
            else
                greatest(
                    transitions.transitioned_at,
                    least(
                        coalesce(published.first_published_at, refresh_context.as_of),
                        refresh_context.as_of
                    )
                )
        end as started_at
    from transitions
    cross join publications
    cross join refresh_context
    left join published
        on
            transitions.lead_id = published.lead_id
            and transitions.to_stage = published.to_stage
            and transitions.transitioned_at = published.transitioned_at
    where transitions.to_stage in ('mql', 'sal')

),

-- How hot the lead was as it crossed. Only what the person did makes it hot.
crossings as (

    select
        entries.lead_id,
        entries.transition_number,
        case
            when entries.evidence <> 'interaction' then 'warm'
            else grades.temperature
        end as temperature
    from entries
    left join qualified
        on
            entries.lead_id = qualified.lead_id
            and entries.transitioned_at = qualified.changed_at
    left join bands as fit_bands
        on
            fit_bands.score = 'fit'
            and {{ is_in_band('qualified.fit_score', 'fit_bands') }}
    left join bands as intent_bands
        on
            intent_bands.score = 'intent'
            and {{ is_in_band('qualified.intent_score', 'intent_bands') }}
    left join grades
        on
            fit_bands.band = grades.fit_band
            and intent_bands.band = grades.intent_band
    where entries.to_stage = 'mql'

),

-- A request that still waits at the crossing, or made it, has its own clock.
requests_at_crossings as (

    select
        entries.lead_id,
        entries.transition_number,
        max(requests.interaction_id) as interaction_id
    from entries
    inner join requests
        on
            entries.lead_id = requests.lead_id
            and entries.transitioned_at >= requests.counts_from
            and (
                requests.touched_at is null
                or entries.transitioned_at <= requests.touched_at
            )
    where entries.to_stage = 'mql'
    group by entries.lead_id, entries.transition_number

),

mql_entries as (

    select
        entries.*,
        requests_at_crossings.interaction_id as request_id,
        case
            when requests_at_crossings.interaction_id is not null then 'hand_raise'
            else crossings.temperature
        end as urgency
    from entries
    inner join crossings
        on
            entries.lead_id = crossings.lead_id
            and entries.transition_number = crossings.transition_number
    left join requests_at_crossings
        on
            entries.lead_id = requests_at_crossings.lead_id
            and entries.transition_number = requests_at_crossings.transition_number
    where entries.to_stage = 'mql'

),

sal_entries as (

    select
        entries.*,
        case
            when entries.from_stage = 'mql' then coalesce(mql_entries.urgency, 'warm')
            else 'warm'
        end as urgency
    from entries
    left join mql_entries
        on
            entries.lead_id = mql_entries.lead_id
            and entries.transition_number = mql_entries.transition_number + 1
    where entries.to_stage = 'sal'

),

unioned as (

    select
        lead_id,
        'first_touch' as clock,
        'hand_raise' as urgency,
        counts_from as crossed_at,
        counts_from as started_at,
        'request' as started_by,
        interaction_id as evidence_id,
        cast(null as bigint) as transition_number
    from requests
    union all
    select
        lead_id,
        'first_touch' as clock,
        urgency,
        transitioned_at as crossed_at,
        started_at,
        'mql' as started_by,
        evidence_id,
        transition_number
    from mql_entries
    where request_id is null
    union all
    select
        lead_id,
        'acceptance' as clock,
        urgency,
        transitioned_at as crossed_at,
        started_at,
        'mql' as started_by,
        evidence_id,
        transition_number
    from mql_entries
    union all
    select
        lead_id,
        'decision' as clock,
        urgency,
        transitioned_at as crossed_at,
        started_at,
        'sal' as started_by,
        evidence_id,
        transition_number
    from sal_entries

),

final as (

    select
        unioned.lead_id,
        unioned.clock,
        unioned.urgency,
        unioned.crossed_at,
        unioned.started_at,
        unioned.started_by,
        unioned.evidence_id,
        unioned.transition_number,
        policies.business_minutes as allowed_minutes,
        policies.reassign_after_minutes
    from unioned
    inner join policies
        on
            unioned.clock = policies.clock
            and unioned.urgency = policies.urgency

)

select * from final
