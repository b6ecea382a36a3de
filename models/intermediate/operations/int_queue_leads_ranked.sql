-- The order in which leads are worked on, hot first, whoever does it.
with decided as (

    select * from {{ ref('int_queue_actions_decided') }}

),

actions as (

    select * from {{ ref('queue_actions') }}

),

scores as (

    select * from {{ ref('int_scores_stored') }}

),

temperatures as (

    select * from {{ ref('temperatures') }}

),

clocks as (

    select * from {{ ref('int_sla_clocks_timed') }}
    where status in ('running', 'overdue')

),

-- Clocks of the request or stage that is worked on; older ones were broken and are past.
clocks_ranked as (

    select
        clocks.*,
        row_number() over (
            partition by clocks.lead_id
            order by clocks.due_at asc, clocks.clock asc, clocks.crossed_at asc
        ) as place
    from clocks
    inner join decided
        on
            clocks.lead_id = decided.lead_id
            and clocks.crossed_at >= decided.begun_at

),

next_clocks as (

    select * from clocks_ranked
    where place = 1

),

final as (

    select
        decided.lead_id,
        decided.action,
        actions.is_by_sales,
        scores.temperature,
        scores.priority,
        next_clocks.clock as sla_clock,
        next_clocks.urgency as sla_urgency,
        next_clocks.allowed_minutes as sla_minutes,
        next_clocks.started_at as sla_started_at,
        next_clocks.due_at as sla_due_at,
        next_clocks.minutes_left,
        coalesce(next_clocks.status = 'overdue', false) as is_sla_breached,
        coalesce(
            next_clocks.status = 'overdue'
            and next_clocks.minutes_left <= -next_clocks.reassign_after_minutes,
            false
        ) as is_broken_for_long,
        row_number() over (
            order by
                temperatures.sort_order asc,
                scores.priority asc,
                {{ open_end('next_clocks.due_at') }} asc,
                actions.sort_order asc,
                scores.intent_score desc,
                decided.lead_id asc
        ) as work_order
    from decided
    inner join actions
        on decided.action = actions.action
    inner join scores
        on decided.lead_id = scores.lead_id
    inner join temperatures
        on scores.temperature = temperatures.temperature
    left join next_clocks
        on decided.lead_id = next_clocks.lead_id

)

select * from final
