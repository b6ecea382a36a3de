"""The leads to act on now, in order, with what comes next and by when."""

from lead_warehouse.errors import UserError
from lead_warehouse.nearest import did_you_mean
from lead_warehouse.query import Rows
from lead_warehouse.state.generations import Generations

QUEUE = """
select
    queue.queue_position as place, queue.lead_id as lead,
    temperatures.label_{language} as temperature, queue.grade,
    case
        when queue.next_action = 'reassign' then $reassign
        else actions.label_{language}
    end as action,
    case
        when queue.next_action = 'reassign' then actions.label_{language}
        else queue.cadence_step_{language}
    end as detail,
    queue.channel,
    coalesce(queue.proposed_owner_id, queue.owner_id) as owner,
    coalesce(queue.sla_due_at, queue.due_at) as due_at,
    queue.minutes_left, queue.is_sla_breached as is_late, queue.is_overflow,
    queue.reason_{language} as reason
from marts.fct_work_queue as queue
inner join seeds.temperatures as temperatures using (temperature)
inner join seeds.queue_actions as actions on queue.contact_action = actions.action
where
    (queue.is_due or $later)
    and ($owner is null or coalesce(queue.proposed_owner_id, queue.owner_id) = $owner)
order by queue.queue_position
limit $limit
"""

OWNERS = """
select distinct coalesce(proposed_owner_id, owner_id) from marts.fct_work_queue
union
select sales_user_id from marts.rpt_sales_load
"""

REASSIGN = {"en": "Reassign", "fr": "Réattribuer"}


def work_queue(
    generations: Generations,
    limit: int | None = None,
    owner: str | None = None,
    language: str = "en",
    run_id: str | None = None,
    *,
    with_later: bool = False,
) -> Rows:
    """The work queue of a generation, the published one by default.

    Args:
        limit: how many leads; none for all.
        owner: only the leads of this sales user, and those proposed to them.
        language: ``en`` or ``fr``, of the labels and reasons.
        with_later: also what is planned for later.

    Raises:
        UserError: there is no such generation, or nobody of that name.
    """
    with generations.reading(run_id) as connection:
        if owner is not None:
            known = [one for (one,) in connection.execute(OWNERS).fetchall() if one is not None]
            if owner not in known:
                raise UserError(f"nobody in sales is '{owner}'{did_you_mean(owner, known)}")
        cursor = connection.execute(
            QUEUE.format(language=language),
            {
                "reassign": REASSIGN[language],
                "later": with_later,
                "owner": owner,
                "limit": limit,
            },
        )
        columns = [column[0] for column in cursor.description or []]
        return Rows(columns, cursor.fetchall())
