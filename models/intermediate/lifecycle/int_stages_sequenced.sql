with stages_entered as (

    select * from {{ ref('int_stages_unioned') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

leads as (

    select * from {{ ref('int_leads_historized') }}
    where valid_to is null

),

-- Which stage may follow which, on whatever trigger.
ways as (

    select
        from_stage,
        to_stage
    from {{ ref('lifecycle_transitions') }}
    group by from_stage, to_stage

),

placed as (

    select
        stages_entered.*,
        stages.position,
        stages.is_final
    from stages_entered
    inner join stages
        on stages_entered.stage = stages.stage

),

with_past as (

    select
        *,
        min(case when evidence = 'lead record' then entered_at end) over (
            partition by basis, lead_id
        ) as lead_began_at,
        max(position) over (
            partition by basis, lead_id order by transition_number
            rows between unbounded preceding and 1 preceding
        ) as highest_position_before,
        max(case when is_final then stage end) over (
            partition by basis, lead_id order by transition_number
            rows between unbounded preceding and 1 preceding
        ) as final_stage_before,
        row_number() over (
            partition by basis, lead_id, stage order by transition_number
        ) as passage_number
    from placed

),

from_stages as (

    select
        *,
        coalesce(final_stage_before, previous_stage) as from_stage
    from with_past

),

skipped as (

    select
        from_stages.basis,
        from_stages.lead_id,
        from_stages.transition_number,
        {{ dbt.listagg('stages.stage', "', '", 'order by stages.position') }} as skipped_stages
    from from_stages
    inner join stages
        on
            coalesce(from_stages.highest_position_before, 0) < stages.position
            and from_stages.position > stages.position
    group by from_stages.basis, from_stages.lead_id, from_stages.transition_number

),

final as (

    select
        from_stages.basis,
        from_stages.lead_id,
        from_stages.transition_number,
        from_stages.from_stage,
        from_stages.stage as to_stage,
        from_stages.entered_at as transitioned_at,
        from_stages.passage_number,
        from_stages.trigger,
        from_stages.profile,
        from_stages.reason,
        from_stages.evidence,
        from_stages.evidence_id,
        skipped.skipped_stages,
        skipped.skipped_stages is not null as is_skipping,
        coalesce(from_stages.position < previous.position, false) as is_backward,
        coalesce(previous.can_reopen and from_stages.position is not null, false) as is_reopened,
        ways.to_stage is null as is_illegal,
        leads.lead_id is null as is_orphan,
        coalesce(from_stages.entered_at < from_stages.lead_began_at, false)
            as is_before_lead_created,
        from_stages.final_stage_before is null
        and not from_stages.is_late_creation as is_effective
    from from_stages
    left join stages as previous
        on from_stages.from_stage = previous.stage
    left join leads
        on from_stages.lead_id = leads.lead_id
    left join ways
        on
            coalesce(from_stages.from_stage, '') = coalesce(ways.from_stage, '')
            and from_stages.stage = ways.to_stage
    left join skipped
        on
            from_stages.basis = skipped.basis
            and from_stages.lead_id = skipped.lead_id
            and from_stages.transition_number = skipped.transition_number

)

select * from final
