with clocks as (

    select * from {{ ref('int_sla_clocks_started') }}

),

touches as (

    select * from {{ ref('int_sales_touches_dated') }}

),

handovers as (

    select * from {{ ref('int_handovers_timed') }}
    where basis = 'rules'

),

transitions as (

    select * from {{ ref('int_stages_sequenced') }}
    where basis = 'rules' and is_effective

),

transitions_in_order as (

    select
        *,
        lead(transitioned_at) over (partition by lead_id order by transition_number)
            as left_at,
        lead(to_stage) over (partition by lead_id order by transition_number) as next_stage,
        lead(trigger) over (partition by lead_id order by transition_number) as next_trigger
    from transitions

),

-- Of an MQL the handover says who turned to it first.
first_touches as (

    select
        clocks.lead_id,
        clocks.clock,
        clocks.crossed_at,
        min(touches.touched_at) as touched_at
    from clocks
    inner join touches
        on
            clocks.lead_id = touches.lead_id
            and clocks.crossed_at <= touches.touched_at
    where clocks.clock = 'first_touch' and clocks.started_by = 'request'
    group by clocks.lead_id, clocks.clock, clocks.crossed_at
    union all
    select
        clocks.lead_id,
        clocks.clock,
        clocks.crossed_at,
        handovers.first_touched_at as touched_at
    from clocks
    inner join handovers
        on
            clocks.lead_id = handovers.lead_id
            and clocks.transition_number = handovers.transition_number
    where clocks.clock = 'first_touch' and clocks.started_by = 'mql'

),

-- A request waits until somebody in sales says what becomes of the lead, an MQL as long as it is
-- one or was taken on.
exits as (

    select
        clocks.lead_id,
        clocks.clock,
        clocks.crossed_at,
        min(transitions.transitioned_at) as left_at
    from clocks
    inner join transitions
        on
            clocks.lead_id = transitions.lead_id
            and clocks.crossed_at <= transitions.transitioned_at
            and (
                clocks.transition_number is null
                or clocks.transition_number < transitions.transition_number
            )
    where
        clocks.clock = 'first_touch'
        and (
            transitions.trigger in ('returned', 'rejected', 'deal_won', 'deal_lost')
            or (
                clocks.started_by = 'mql'
                and transitions.to_stage not in ('sal', 'sql', 'opportunity')
            )
        )
    group by clocks.lead_id, clocks.clock, clocks.crossed_at

),

stopped as (

    select
        clocks.*,
        case
            when clocks.clock = 'first_touch'
                then
                    case
                        when
                            exits.left_at is null
                            or first_touches.touched_at <= exits.left_at
                            then first_touches.touched_at
                    end
            when
                stages.next_stage in ('sal', 'sql', 'opportunity', 'customer')
                or stages.next_trigger in ('returned', 'rejected', 'deal_lost')
                then stages.left_at
        end as done_at,
        case
            when clocks.clock = 'first_touch' then exits.left_at
            else stages.left_at
        end as gone_at,
        case
            when clocks.clock <> 'first_touch' then stages.next_trigger
        end as next_trigger
    from clocks
    left join first_touches
        on
            clocks.lead_id = first_touches.lead_id
            and clocks.clock = first_touches.clock
            and clocks.crossed_at = first_touches.crossed_at
    left join exits
        on
            clocks.lead_id = exits.lead_id
            and clocks.clock = exits.clock
            and clocks.crossed_at = exits.crossed_at
    left join transitions_in_order as stages
        on
            clocks.lead_id = stages.lead_id
            and clocks.transition_number = stages.transition_number

),

final as (

    select
        lead_id,
        clock,
        urgency,
        crossed_at,
        started_at,
        started_by,
        evidence_id,
        allowed_minutes,
        reassign_after_minutes,
        done_at,
        case when done_at is null then gone_at end as left_at,
        case
            when done_at is null and gone_at is null then null
            when done_at is null then 'left'
            when clock = 'first_touch' then 'touched'
            when next_trigger in ('returned', 'rejected', 'deal_lost') then 'returned'
            else 'taken on'
        end as ended_by
    from stopped

)

select * from final
