with steps_timed as (

    select * from {{ ref('int_funnel_steps_timed') }}

),

transitions as (

    select * from {{ ref('int_stages_sequenced') }}
    where not is_orphan

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- Where a lead's way ends: lost, disqualified, or a customer already.
end_stages as (

    select stage
    from {{ ref('lifecycle_stages') }}
    where is_final or can_reopen

),

ends as (

    select
        transitions.basis,
        transitions.lead_id,
        transitions.to_stage as stage,
        transitions.transitioned_at
    from transitions
    inner join end_stages
        on transitions.to_stage = end_stages.stage

),

first_ends as (

    select
        steps_timed.basis,
        steps_timed.lead_id,
        steps_timed.from_stage,
        steps_timed.to_stage,
        min(ends.transitioned_at) as ended_at
    from steps_timed
    inner join ends
        on
            steps_timed.basis = ends.basis
            and steps_timed.lead_id = ends.lead_id
            and steps_timed.to_stage <> ends.stage
            and steps_timed.entered_at <= ends.transitioned_at
    group by
        steps_timed.basis,
        steps_timed.lead_id,
        steps_timed.from_stage,
        steps_timed.to_stage

),

-- What comes first counts: a lead that was lost and won again later is lost to this step.
raced as (

    select
        steps_timed.*,
        case
            when steps_timed.converted_at <= coalesce(first_ends.ended_at, refresh_context.as_of)
                then 'converted'
            when first_ends.ended_at is not null then 'ended'
            else 'open'
        end as outcome,
        least(
            coalesce(steps_timed.converted_at, refresh_context.as_of),
            coalesce(first_ends.ended_at, refresh_context.as_of)
        ) as left_at
    from steps_timed
    cross join refresh_context
    left join first_ends
        on
            steps_timed.basis = first_ends.basis
            and steps_timed.lead_id = first_ends.lead_id
            and steps_timed.from_stage = first_ends.from_stage
            and steps_timed.to_stage = first_ends.to_stage

),

final as (

    select
        basis,
        lead_id,
        from_stage,
        to_stage,
        window_days,
        entered_at,
        left_at,
        outcome,
        cast(ceil({{ days_between('entered_at', 'left_at') }}) as bigint) as left_on_day
    from raced

)

select * from final
