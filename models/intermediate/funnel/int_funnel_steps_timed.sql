with transitions as (

    select * from {{ ref('int_stages_sequenced') }}
    where not is_orphan

),

steps as (

    select * from {{ ref('funnel_steps') }}

),

paths as (

    select * from {{ ref('int_stage_paths_followed') }}

),

first_entries as (

    select
        basis,
        lead_id,
        to_stage as stage,
        min(transitioned_at) as entered_at
    from transitions
    group by basis, lead_id, to_stage

),

steps_entered as (

    select
        first_entries.basis,
        first_entries.lead_id,
        steps.from_stage,
        steps.to_stage,
        steps.window_days,
        first_entries.entered_at
    from first_entries
    inner join steps
        on first_entries.stage = steps.from_stage

),

-- A re-entered stage counts from its first entry and to the first entry that follows.
conversions as (

    select
        steps_entered.basis,
        steps_entered.lead_id,
        steps_entered.from_stage,
        steps_entered.to_stage,
        min(
            case
                when transitions.transitioned_at >= steps_entered.entered_at
                    then transitions.transitioned_at
            end
        ) as converted_at,
        min(transitions.transitioned_at) as first_reached_at
    from steps_entered
    inner join transitions
        on
            steps_entered.basis = transitions.basis
            and steps_entered.lead_id = transitions.lead_id
            and steps_entered.to_stage = transitions.to_stage
    group by
        steps_entered.basis,
        steps_entered.lead_id,
        steps_entered.from_stage,
        steps_entered.to_stage

),

first_qualified as (

    select
        basis,
        lead_id,
        entered_at as qualified_at
    from first_entries
    where stage = 'mql'

),

timed as (

    select
        steps_entered.*,
        paths.is_stepwise,
        first_qualified.qualified_at,
        conversions.converted_at,
        conversions.first_reached_at,
        {{ days_between('steps_entered.entered_at', 'conversions.converted_at') }}
            as days_to_convert
    from steps_entered
    left join conversions
        on
            steps_entered.basis = conversions.basis
            and steps_entered.lead_id = conversions.lead_id
            and steps_entered.from_stage = conversions.from_stage
            and steps_entered.to_stage = conversions.to_stage
    left join paths
        on
            steps_entered.basis = paths.basis
            and steps_entered.lead_id = paths.lead_id
            and steps_entered.from_stage = paths.from_stage
            and steps_entered.to_stage = paths.to_stage
    left join first_qualified
        on
            steps_entered.basis = first_qualified.basis
            and steps_entered.lead_id = first_qualified.lead_id

),

final as (

    select
        basis,
        lead_id,
        from_stage,
        to_stage,
        window_days,
        entered_at,
        converted_at,
        days_to_convert,
        coalesce(days_to_convert <= window_days, false) as is_converted_in_window,
        converted_at is not null as is_converted,
        -- A defect of the source: it was there before it set out.
        converted_at is null and first_reached_at is not null as is_reached_before_entry,
        coalesce(converted_at is not null and is_stepwise, false) as is_stepwise,
        coalesce(qualified_at <= converted_at, false) as is_via_mql
    from timed

)

select * from final
