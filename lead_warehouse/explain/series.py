"""The scores of a lead over time, for charts: at each change and at each day's end between.

Which instants are asked for is settled here; ``int_instants_scored`` answers from the history.
"""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from lead_warehouse.errors import UserError
from lead_warehouse.explain.at_instant import ASKED, asking_at, can_ask, refuse_later
from lead_warehouse.nearest import did_you_mean
from lead_warehouse.query import Rows
from lead_warehouse.sql import identifier
from lead_warehouse.state.generations import Generations

ASKED_TABLE = ".".join(map(identifier, ASKED))

SURVIVOR = "select surviving_lead_id from marts.dim_lead_identities where lead_id = ?"

CHANGES = """
select changed_at as asked_at from marts.fct_score_history where lead_id = $lead
union
select next_changed_at from marts.fct_score_history
where lead_id = $lead and next_changed_at is not null
union
select transitioned_at from marts.fct_lifecycle_transitions
where lead_id = $lead and basis = 'rules' and is_effective
"""

ASK = f"""
insert into {ASKED_TABLE} (lead_id, asked_at)
with changes as ({CHANGES}),
days as (
    select unnest(
        generate_series(
            date_trunc('day', greatest(cast($from as timestamp), min(asked_at))) + interval 1 day,
            cast($until as timestamp),
            interval 1 day
        )
    ) as asked_at
    from changes
    where $is_daily
),
bounds as (
    select unnest([cast($from as timestamp), cast($until as timestamp)]) as asked_at where $is_daily
)
select $lead, asked_at
from (
    select asked_at from changes union select asked_at from days union select asked_at from bounds
) as instants
where
    asked_at <= cast($until as timestamp)
    and coalesce(asked_at >= cast($from as timestamp), true)
"""

SERIES = f"""
select
    scored.lead_id, scored.asked_at as "at", scored.fit_score, scored.intent_score, scored.grade,
    scored.stage, scored.asked_at in (select asked_at from ({CHANGES})) as is_change
from intermediate.int_instants_scored as scored
where scored.lead_id = $lead
order by scored.asked_at
"""


@dataclass(frozen=True)
class Series:
    """Scores of a lead over time.

    Attributes:
        lead_id: the lead that stands for the person.
        run_id: the generation that answers.
        rows: an instant each, in order: ``lead_id``, ``at``, ``fit_score``, ``intent_score``,
            ``grade``, ``stage`` by the rules, ``is_change``.
    """

    lead_id: str
    run_id: str
    rows: Rows


def score_series(
    generations: Generations,
    lead_id: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    is_daily: bool = True,
    run_id: str | None = None,
) -> Series:
    """The scores of a lead from when something was known of it up to the as-of instant.

    Args:
        since: first instant (UTC); by default, when something was first known.
        until: last instant (UTC), not after what the generation speaks for, which is the default.
        is_daily: also each day's end between changes, and the bounds; else changes alone.

    Raises:
        UserError: no such lead or generation; ``until`` lies after it, or before ``since``.
    """
    generation = generations.find(run_id)
    refuse_later(generation, until, "--until")
    last = until or generation.as_of
    if since is not None and since > last:
        raise UserError(f"--from: {since} lies after {last}, where the series ends")
    with asking_at(generation, None) as connection:
        if not can_ask(connection):
            raise UserError(
                f"{generation.run_id} was built before there were series; refresh, or name a later "
                "generation"
            )
        found = _find(connection, lead_id, generation.run_id)
        asked = {"lead": found, "from": since, "until": last, "is_daily": is_daily}
        connection.execute(ASK, asked)
        cursor = connection.execute(SERIES, {"lead": found})
        columns = [column[0] for column in cursor.description or []]
        return Series(found, generation.run_id, Rows(columns, cursor.fetchall()))


def _find(connection: duckdb.DuckDBPyConnection, lead_id: str, run_id: str) -> str:
    """The lead that stands for a record."""
    row = connection.execute(SURVIVOR, [lead_id]).fetchone()
    if row is None:
        rows = connection.execute("select lead_id from marts.dim_lead_identities").fetchall()
        hint = did_you_mean(lead_id, [one for (one,) in rows])
        raise UserError(f"no lead '{lead_id}' in {run_id}{hint}")
    return str(row[0])
