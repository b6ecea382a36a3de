{{ config(materialized='view') }}

with transitions as (

    select * from {{ ref('int_stages_sequenced') }}
    where not is_orphan

),

outcomes as (

    select * from {{ ref('backtest_outcomes') }}

),

final as (

    select
        transitions.lead_id,
        outcomes.outcome,
        min(transitions.transitioned_at) as reached_at
    from transitions
    inner join outcomes
        on
            transitions.basis = outcomes.basis
            and transitions.to_stage = outcomes.stage
    group by transitions.lead_id, outcomes.outcome

)

select * from final
