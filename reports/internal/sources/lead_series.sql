-- Intent of the queued leads at each change and each day's end: it steps up at an interaction and
-- decays between. One lookup and one multiplication for each group, as docs/scoring.md says.
with states as (
    select history.lead_id, history.kind, history.changed_at, history.next_changed_at,
        cast(history.points as double) as points, cast(history.half_life_days as double) as half_life,
        cast(history.cap_points as double) as cap, cast(history.full_points as double) as full_points
    from marts.fct_score_history as history
    inner join marts.fct_work_queue as queue on history.lead_id = queue.lead_id
    where history.score = 'intent'
),

bounds as (
    select states.lead_id, min(states.changed_at) as first_at, max(context.as_of) as as_of
    from states
    cross join raw.refresh_context as context
    group by states.lead_id
),

days as (
    select lead_id,
        unnest(generate_series(
            date_trunc('day', greatest(first_at, as_of - interval 180 day)) + interval 1 day,
            as_of,
            interval 1 day
        )) as scored_at
    from bounds
),

instants as (
    select lead_id, scored_at from days
    union
    select states.lead_id, states.changed_at
    from states inner join bounds on states.lead_id = bounds.lead_id
    where states.changed_at >= bounds.as_of - interval 180 day and states.changed_at <= bounds.as_of
    union
    select lead_id, as_of from bounds
),

valued as (
    select instants.lead_id, instants.scored_at,
        case
            when states.kind = 'group'
                then least(
                    states.cap,
                    states.points
                        * pow(2, -date_diff('second', states.changed_at, instants.scored_at)
                            / 86400.0 / states.half_life)
                )
            else states.points
        end as points,
        states.full_points
    from instants
    inner join states
        on instants.lead_id = states.lead_id
            and states.changed_at <= instants.scored_at
            and (states.next_changed_at is null or instants.scored_at < states.next_changed_at)
)

select
    valued.lead_id,
    valued.scored_at,
    100 * greatest(0, least(1, sum(valued.points) / max(valued.full_points))) as intent_score
from valued
group by valued.lead_id, valued.scored_at
order by valued.lead_id, valued.scored_at
