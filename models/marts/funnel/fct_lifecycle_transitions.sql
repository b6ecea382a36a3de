with transitions as (

    select * from {{ ref('int_stages_sequenced') }}

),

timers as (

    select
        stage,
        max(after_days) as after_days
    from {{ ref('lifecycle_timers') }}
    group by stage

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

published as (

    select * from {{ ref('int_transitions_published') }}

),

final as (

    select
        {{ surrogate_key([
            'transitions.basis', 'transitions.lead_id', 'transitions.transition_number',
        ]) }} as transition_id,
        transitions.basis,
        transitions.lead_id,
        cast(transitions.transition_number as bigint) as transition_number,
        transitions.from_stage,
        transitions.to_stage,
        transitions.transitioned_at,
        cast(transitions.passage_number as bigint) as passage_number,
        transitions.trigger,
        transitions.profile,
        transitions.reason,
        transitions.evidence,
        transitions.evidence_id,
        transitions.skipped_stages,
        transitions.is_skipping,
        transitions.is_backward,
        transitions.is_reopened,
        transitions.is_illegal,
        transitions.is_orphan,
        transitions.is_before_lead_created,
        transitions.is_effective,
        {{ days_after('transitions.transitioned_at', 'timers.after_days') }} as timer_ends_at,
        coalesce(published.first_published_transitioned_at, transitions.transitioned_at)
            as first_published_transitioned_at,
        published.first_published_at,
        refresh_context.rules_digest
    from transitions
    cross join refresh_context
    left join timers
        on case when transitions.basis = 'rules' then transitions.to_stage end = timers.stage
    left join published
        on
            transitions.basis = published.basis
            and transitions.lead_id = published.lead_id
            and transitions.to_stage = published.to_stage
            and transitions.transitioned_at = published.transitioned_at

)

select * from final
