-- Handovers of all months by team.
with teams as (
    select basis, team, count(*) as handover_count,
        count(*) filter (where accepted_at is not null) as accepted_count,
        count(first_touch_business_minutes) as touched_count,
        median(first_touch_business_minutes) as first_touch_minutes
    from marts.fct_handovers
    where team is not null
    group by basis, team
)

select
    teams.basis,
    teams.team,
    masked(teams.handover_count, teams.handover_count) as handover_count,
    masked(teams.accepted_count, teams.accepted_count) as accepted_count,
    masked_rate(
        teams.accepted_count / nullif(teams.handover_count, 0),
        teams.accepted_count,
        teams.handover_count
    ) as acceptance_rate,
    masked(teams.first_touch_minutes, teams.touched_count) as first_touch_minutes
from teams
order by teams.basis, teams.handover_count desc
