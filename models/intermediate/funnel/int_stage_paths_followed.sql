with transitions as (

    select * from {{ ref('int_stages_sequenced') }}
    where not is_orphan

),

main_path as (

    select
        stage,
        position
    from {{ ref('lifecycle_stages') }}
    where position is not null

),

first_entries as (

    select
        transitions.basis,
        transitions.lead_id,
        transitions.to_stage as stage,
        main_path.position,
        min(transitions.transitioned_at) as entered_at
    from transitions
    inner join main_path
        on transitions.to_stage = main_path.stage
    group by
        transitions.basis,
        transitions.lead_id,
        transitions.to_stage,
        main_path.position

),

-- Per stage that a lead entered, when it entered each later one first after that.
entries_after as (

    select
        first_entries.basis,
        first_entries.lead_id,
        first_entries.stage as from_stage,
        transitions.to_stage,
        main_path.position - first_entries.position as steps_on,
        min(transitions.transitioned_at) as reached_at
    from first_entries
    inner join transitions
        on
            first_entries.basis = transitions.basis
            and first_entries.lead_id = transitions.lead_id
            and first_entries.entered_at <= transitions.transitioned_at
    inner join main_path
        on
            transitions.to_stage = main_path.stage
            and first_entries.position < main_path.position
    group by
        first_entries.basis,
        first_entries.lead_id,
        first_entries.stage,
        first_entries.position,
        transitions.to_stage,
        main_path.position

),

-- None is missing up to here, and none came after the one that follows it.
in_turn as (

    select
        *,
        count(*) over so_far = steps_on
        and max(reached_at) over so_far = reached_at as is_in_turn
    from entries_after
    window
        so_far as (
            partition by basis, lead_id, from_stage
            order by steps_on
            rows between unbounded preceding and current row
        )

),

final as (

    select
        basis,
        lead_id,
        from_stage,
        to_stage,
        reached_at,
        min(case when is_in_turn then 1 else 0 end) over (
            partition by basis, lead_id, from_stage
            order by steps_on
            rows between unbounded preceding and current row
        ) = 1 as is_stepwise
    from in_turn

)

select * from final
