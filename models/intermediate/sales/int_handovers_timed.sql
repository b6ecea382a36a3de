with transitions as (

    select * from {{ ref('int_stages_sequenced') }}
    where is_effective

),

stages as (

    select
        stage,
        position,
        max(case when stage = 'mql' then position end) over () as mql_position,
        max(case when stage = 'sql' then position end) over () as sql_position
    from {{ ref('lifecycle_stages') }}

),

touches as (

    select * from {{ ref('int_sales_touches_dated') }}

),

activities as (

    select * from {{ ref('int_sales_activities_resolved') }}

),

stage_changes as (

    select * from {{ ref('int_lead_stage_changes_resolved') }}

),

-- Recycled without sales having said so, when nobody answered, is no rejection.
placed as (

    select
        transitions.*,
        coalesce(stages.position > stages.mql_position, false) as is_beyond_mql,
        coalesce(stages.position >= stages.sql_position, false) as is_sql_or_beyond,
        transitions.to_stage in ('recycled', 'disqualified')
        and coalesce(transitions.trigger, '') <> 'cadence_exhausted' as is_rejection
    from transitions
    inner join stages
        on transitions.to_stage = stages.stage

),

passages as (

    select * from placed
    where to_stage = 'mql'

),

-- A passage is over with the first stage that lies not beyond MQL.
passages_closed as (

    select
        passages.basis,
        passages.lead_id,
        passages.transition_number,
        min(later.transition_number) as closing_number
    from passages
    inner join placed as later
        on
            passages.basis = later.basis
            and passages.lead_id = later.lead_id
            and passages.transition_number < later.transition_number
    where not later.is_beyond_mql
    group by passages.basis, passages.lead_id, passages.transition_number

),

steps_of_passages as (

    select
        passages.basis,
        passages.lead_id,
        passages.transition_number as passage_transition_number,
        later.transition_number,
        later.to_stage,
        later.transitioned_at,
        later.reason,
        later.trigger,
        later.evidence,
        later.evidence_id,
        later.is_beyond_mql,
        later.is_sql_or_beyond
    from passages
    left join passages_closed
        on
            passages.basis = passages_closed.basis
            and passages.lead_id = passages_closed.lead_id
            and passages.transition_number = passages_closed.transition_number
    inner join placed as later
        on
            passages.basis = later.basis
            and passages.lead_id = later.lead_id
            and passages.transition_number < later.transition_number
    where
        passages_closed.closing_number is null
        or later.transition_number <= passages_closed.closing_number

),

first_steps as (

    select
        basis,
        lead_id,
        passage_transition_number,
        min(case when is_beyond_mql then transition_number end) as acceptance_number,
        min(case when is_sql_or_beyond then transition_number end) as sql_number,
        min(case when not is_beyond_mql then transition_number end) as closing_number
    from steps_of_passages
    group by basis, lead_id, passage_transition_number

),

-- Of two refusals at one instant the first reason by name counts, as it does in the walk.
refusals as (

    select
        lead_id,
        changed_at,
        changed_by,
        reason,
        row_number() over (
            partition by lead_id, changed_at order by reason, stage
        ) as place
    from stage_changes
    where stage in ('recycled', 'disqualified')

),

answered as (

    select
        passages.basis,
        passages.lead_id,
        passages.transition_number,
        passages.passage_number,
        passages.transitioned_at as qualified_at,
        passages.profile,
        passages.trigger,
        passages.evidence,
        passages.evidence_id,
        acceptance.transitioned_at as accepted_at,
        acceptance.to_stage as accepted_stage,
        coalesce(acceptance.to_stage <> 'sal', false) as is_acceptance_implied,
        coalesce(accepted_by_record.changed_by, meetings.sales_user_id) as accepted_by,
        sales_qualification.transitioned_at as sales_qualified_at,
        sales_qualification.to_stage as sales_qualified_stage,
        closing.to_stage as closing_stage,
        closing.transitioned_at as ended_at,
        closing.reason as closing_reason,
        refusals.reason as rejection_reason,
        refusals.changed_by as rejected_by,
        coalesce(closing.is_rejection, false) as is_rejected,
        coalesce(closing.to_stage = 'lost', false) as is_lost,
        coalesce(closing.to_stage <> 'lost' and not closing.is_rejection, false)
            as is_withdrawn
    from passages
    left join first_steps
        on
            passages.basis = first_steps.basis
            and passages.lead_id = first_steps.lead_id
            and passages.transition_number = first_steps.passage_transition_number
    left join placed as acceptance
        on
            passages.basis = acceptance.basis
            and passages.lead_id = acceptance.lead_id
            and first_steps.acceptance_number = acceptance.transition_number
    left join stage_changes as accepted_by_record
        on
            acceptance.lead_id = accepted_by_record.lead_id
            and acceptance.to_stage = accepted_by_record.stage
            and acceptance.transitioned_at = accepted_by_record.changed_at
    left join activities as meetings
        on
            case when acceptance.evidence = 'meeting' then acceptance.evidence_id end
            = meetings.sales_activity_id
    left join placed as sales_qualification
        on
            passages.basis = sales_qualification.basis
            and passages.lead_id = sales_qualification.lead_id
            and first_steps.sql_number = sales_qualification.transition_number
    left join placed as closing
        on
            passages.basis = closing.basis
            and passages.lead_id = closing.lead_id
            and first_steps.closing_number = closing.transition_number
    left join refusals
        on
            closing.lead_id = refusals.lead_id
            and closing.transitioned_at = refusals.changed_at
            and refusals.place = 1

),

touches_of_passages as (

    select
        answered.basis,
        answered.lead_id,
        answered.transition_number,
        touches.touched_at,
        touches.sales_activity_id,
        touches.sales_user_id,
        row_number() over (
            partition by answered.basis, answered.lead_id, answered.transition_number
            order by touches.touched_at, touches.sales_activity_id
        ) as place,
        count(*) over (
            partition by answered.basis, answered.lead_id, answered.transition_number
        ) as touch_count
    from answered
    inner join touches
        on
            answered.lead_id = touches.lead_id
            and answered.qualified_at <= touches.touched_at
            and touches.touched_at <= {{ open_end('answered.ended_at') }}

),

final as (

    select
        answered.basis,
        answered.lead_id,
        answered.transition_number,
        answered.passage_number,
        answered.qualified_at,
        answered.profile,
        answered.trigger,
        answered.evidence,
        answered.evidence_id,
        first_touches.touched_at as first_touched_at,
        first_touches.sales_user_id as first_touched_by,
        first_touches.sales_activity_id as first_touch_id,
        coalesce(first_touches.touch_count, 0) as touch_count,
        answered.accepted_at,
        answered.accepted_by,
        answered.is_acceptance_implied,
        case when answered.is_rejected then answered.ended_at end as rejected_at,
        case when answered.is_rejected then answered.rejected_by end as rejected_by,
        case when answered.is_rejected then answered.closing_stage end as rejected_to,
        case when answered.is_rejected then answered.rejection_reason end as rejection_reason,
        coalesce(
            answered.sales_qualified_at,
            case when answered.is_rejected or answered.is_lost then answered.ended_at end
        ) as decided_at,
        case
            when answered.sales_qualified_at is not null then answered.sales_qualified_stage
            when answered.is_rejected or answered.is_lost then answered.closing_stage
        end as decision,
        case when answered.is_withdrawn then answered.ended_at end as withdrawn_at,
        case when answered.is_withdrawn then answered.closing_stage end as withdrawn_to,
        case when answered.is_withdrawn then answered.closing_reason end as withdrawn_because,
        answered.ended_at,
        case
            when answered.is_rejected then 'rejected'
            when answered.is_lost then 'lost'
            when answered.is_withdrawn then 'withdrawn'
            when answered.sales_qualified_at is not null then 'qualified'
            when answered.accepted_at is not null then 'accepted'
            else 'waiting'
        end as outcome
    from answered
    left join touches_of_passages as first_touches
        on
            answered.basis = first_touches.basis
            and answered.lead_id = first_touches.lead_id
            and answered.transition_number = first_touches.transition_number
            and first_touches.place = 1

)

select * from final
